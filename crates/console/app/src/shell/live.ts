// The customer's live figures.

import { liveFeed } from '../lib/live'

export interface CustomerFigures { today_flow: number; today_connections: number; balance: number; notices: string[] }

export const customerLive = liveFeed<CustomerFigures>('/web_v1/live')
export const useCustomerLive = customerLive.useFigures
