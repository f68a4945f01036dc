// The live figures of the installation: one stream for all screens.

import { useEffect, useRef, useState } from 'react'
import { liveFeed } from '../lib/live'
import { door } from './api'

export interface Alarm { slug: string; level: 'bad' | 'warn' | 'todo'; count: number; text: { zh: string; en: string } }

export interface Figures {
  today_flow: number
  today_bytes: number
  today_connections: number
  exits: number
  customers: number
  gateways: number
  real_names_waiting: number
  messages_waiting: number
  alarms: Alarm[]
}

const feed = liveFeed<Figures>('/operator_v1/live', () => door('GET', 'me'))
export const useLive = () => feed.useFigures()
export const useLost = () => feed.useLost()

/** Bytes a second over the last minute, as far as this page saw it. */
export function useRates(): number[] {
  const newest = useRef<number | undefined>(undefined)
  newest.current = useLive()?.today_bytes
  const [rates, setRates] = useState<number[]>([])
  useEffect(() => {
    let before: number | undefined
    const beat = setInterval(() => {
      const now = newest.current
      if (now !== undefined && before !== undefined) {
        const rate = Math.max(0, now - before)
        setRates((all) => [...all.slice(-59), rate])
      }
      before = now
    }, 1_000)
    return () => clearInterval(beat)
  }, [])
  return rates
}
