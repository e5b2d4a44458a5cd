import { describe, expect, test } from 'vitest'
import { initials } from '#pages/view.ts'
import { navigation } from './page.ts'

describe('the frame of a page', () => {
  test.each([
    ['Elena Ferrari', 'EF'],
    ['Maria Luisa De Santis', 'MS'],
    ['Sofia', 'S'],
    ['', ''],
  ])('the initials of %j are %j', (name, expected) => expect(initials(name)).toBe(expected))

  test('the menu marks the section of the page and no other', () => {
    const marked = navigation('/cassano', 'payments').filter(({ current }) => current)
    expect(marked.map(({ href }) => href)).toEqual(['/cassano/pagamenti'])
  })
})
