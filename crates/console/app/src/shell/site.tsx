// The brand of this host name, asked for before anything is drawn.

import { createContext, useContext } from 'react'
import { type Answer, get } from '../api/client'
import { callCountries } from '../lib/format'

export type Site = Answer<'site'>

export const SiteContext = createContext<Site | undefined>(undefined)

export function useSite(): Site {
  const site = useContext(SiteContext)
  if (!site) throw new Error('a screen is drawn before the brand is known')
  return site
}

export async function loadSite(): Promise<Site> {
  const site = await get('site')
  document.title = site.name
  callCountries(site.country_names)
  return site
}
