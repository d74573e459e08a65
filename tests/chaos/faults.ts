/** Loaded before the server: makes the mistakes that a forgotten promise and a late timer make, when a signal asks for it. */
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('forgotten'))
  setTimeout(() => {
    throw new Error('late')
  })
})
