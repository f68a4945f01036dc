// The customer's live figures.

import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { get } from '../api/client'
import { liveFeed } from '../lib/live'

export interface CustomerFigures { today_flow: number; today_connections: number; balance: number; notices: string[] }

export const customerLive = liveFeed<CustomerFigures>('/web_v1/live', () => get('user/security'))
export const useCustomerLive = customerLive.useFigures
export const useCustomerLost = customerLive.useLost

/** What is drawn from usage is asked for again when the figures move. */
const MOVED = ['user-usage-flow/detail', 'user-usage-flow/total', 'user-product/summary']

export function useLiveUsage() {
  const client = useQueryClient()
  useEffect(
    () => customerLive.subscribe(() => {
      for (const path of MOVED) void client.invalidateQueries({ queryKey: [path] })
    }),
    [client],
  )
}
