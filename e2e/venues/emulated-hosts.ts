/** Any address: requests to emulators in the same process go by their paths. */
export const NOWHERE = "http://emulator.invalid";
export const NOWHERE_SOCKET = "ws://emulator.invalid";
