type Dropping = {
  /** Whether files hover over it. */
  hover: (over: boolean) => void
  drop: (files: File[]) => void
}

/** Lets files be dropped anywhere on an element. Returns how to stop. */
export function acceptFiles(element: HTMLElement, { hover, drop }: Dropping): () => void {
  const stop = new AbortController()
  /** Entering a child leaves its parent, so they are counted. */
  let depth = 0
  const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (data: DataTransfer) => void) =>
    element.addEventListener(
      type,
      event => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        act(event.dataTransfer)
      },
      { signal: stop.signal },
    )

  on('dragenter', () => {
    if (depth++ === 0) hover(true)
  })
  on('dragleave', () => {
    if (--depth === 0) hover(false)
  })
  on('dragover', data => {
    data.dropEffect = 'copy'
  })
  on('drop', ({ files }) => {
    depth = 0
    hover(false)
    drop([...files])
  })
  return () => stop.abort()
}
