// The screens before a login, loaded together: who sees one often needs the next.
export { Login } from './Login'
export { Register, VerifyEmail } from './Register'
export { Forgot, Reset } from './Reset'
