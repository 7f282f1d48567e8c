export type { Event } from './model/event.ts'
