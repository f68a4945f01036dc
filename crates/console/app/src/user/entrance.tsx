// The screens before a login.
export { Login } from './Login'
