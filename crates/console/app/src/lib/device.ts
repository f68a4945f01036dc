// What a browser calls itself, in short: its name with the version, and the system.

const NAMES: Record<string, string> = { Edg: 'Edge', OPR: 'Opera' }

export function deviceOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\/([\d]+)/.exec(agent)
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1]
  if (!browser) return agent.slice(0, 40) || '–'
  return [`${NAMES[browser[1]!] ?? browser[1]} ${browser[2]}`, system].filter(Boolean).join(' · ')
}
