import { component } from 'riot'
import App from './app.riot'
import { createApplication } from './application.ts'
import { offerReload } from './dom/offer-reload.ts'

offerReload(window)
const root = document.getElementById('app')
if (root) component(App)(root, { app: createApplication(window) })
