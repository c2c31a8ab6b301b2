import { homedir, userInfo } from 'node:os'

import { expect, test } from 'vitest'

import { homeFolder, localUser } from '../src/local-user.ts'

const nobody = (): never => {
  throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' })
}

test('the user and the home folder are those of this process', () => {
  expect(localUser()).toBe(userInfo().username)
  expect(homeFolder()).toBe(homedir())
})

test('a user that the machine does not know must be named, and has no home folder', () => {
  expect(() => localUser(nobody)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('pass user'),
    }),
  )
  expect(homeFolder(nobody)).toBeUndefined()
})
