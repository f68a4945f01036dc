// The sites as every screen needs them: for their names, currencies and colours.

import { type Listed, useAsk } from '../api'

export interface Site {
  id: number
  name: string
  title: string
  colour: string | null
  prefixes: string[]
  lang: string
  zone: string | null
  currency: string
  account_prefix: string | null
  demands_verification: boolean
  allow_private_clients: boolean
  hosts: string[]
}

export const useSites = () => useAsk<Listed<Site>>('site/list')
