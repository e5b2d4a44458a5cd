import { Circle, Document, G, Image, Page, Path, Rect, Svg, Text, View } from '@react-pdf/renderer'
import { type Component, type ComponentClass, createElement, type ReactElement, type ReactNode } from 'react'

/** The properties of a component without its children, member by member where they are a union. */
type WithoutChildren<Properties> = Properties extends unknown ? Omit<Properties, 'children'> : never

/** Turns a component into a function of its properties and children, so that a page reads like what it prints. */
const element =
  <Properties>(component: new (properties: Properties) => Component<Properties>) =>
  (properties: WithoutChildren<Properties>, ...children: ReactNode[]): ReactElement =>
    createElement(component as unknown as ComponentClass<object>, properties, ...children)

export const document = element(Document)
export const page = element(Page)
export const view = element(View)
export const text = element(Text)
export const image = element(Image)
export const svg = element(Svg)
export const group = element(G)
export const path = element(Path)
export const rect = element(Rect)
export const circle = element(Circle)
