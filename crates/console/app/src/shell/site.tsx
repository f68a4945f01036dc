// The brand of this host name, asked for before anything is drawn.

import { createContext, useContext } from 'react'
import { type Answer, ApiError, get } from '../api/client'
import { callCountries } from '../lib/format'

export type Site = Answer<'site'>

/** What stands in for a brand while the installation has no site: the control room is used to make the first one. */
export const NOBODY: Site = {
  name: 'Turnpike', colour: '', accent: '', logo: '', tagline: '', support: '', terms: '', currency: 'USD', language: 'en', languages: ['zh', 'en'],
  time_zone: 'UTC', prefix: '/gateway', country_names: [], features: { registration: false, demands_verification: false, phone: false },
}

export const SiteContext = createContext<Site | undefined>(undefined)

export function useSite(): Site {
  const site = useContext(SiteContext)
  if (!site) throw new Error('a screen is drawn before the brand is known')
  return site
}

/**
 * Inside, the brand is that of who is logged in: an operator who looks through a customer's login has the customer's
 * currency, time and look, not those of the host name. The control room goes by the host name.
 */
async function find(): Promise<Site> {
  if (window.location.pathname.startsWith('/control')) return get('site')
  return get('user/site').catch((error: unknown) => {
    if (error instanceof ApiError && error.code !== 0) return get('site')
    throw error
  })
}

export async function loadSite(): Promise<Site> {
  const site = await find().catch((error: unknown) => {
    // The address is always there: only an installation without a site answers so.
    if (error instanceof ApiError && error.code === 404) return NOBODY
    throw error
  })
  document.title = site.name
  callCountries(site.country_names)
  return site
}
