// Around every operator's screen.

import { Box } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'

export function Frame() {
  return <Box component="main" p="lg"><Outlet /></Box>
}
