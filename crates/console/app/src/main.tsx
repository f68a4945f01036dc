// Where the browser begins.

import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './shell/theme.css'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { speak } from './lib/bubbles'
import { dropRepeats } from './lib/clicks'
import { App } from './shell/App'

// Styles that are made while the page runs carry the nonce of this answer.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)

speak(document)
dropRepeats(document)

const root = document.getElementById('root')
if (root) createRoot(root).render(<StrictMode><App nonce={nonce} /></StrictMode>)
