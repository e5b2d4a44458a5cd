import type { PaymentChannel } from '#core/channel.ts'
import { DomainError } from '#core/errors.ts'
import { hasMessage, translator, type Language, type Translate } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import {
  channelStates,
  readSettings,
  saveChannel,
  settingFields,
  type ChannelState,
  type SettingField,
} from '#tenants/onboarding/channel-settings.ts'
import { offerOf } from '#tenants/onboarding/preflight-facts.ts'
import { plainText } from '#tenants/onboarding/settled.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { ChannelsView, SettingsField, SettingsFormView } from '../../views/onboarding.ts'
import type { Badge } from '../../views/tile.ts'
import { savedAt, settingsView } from './form-view.ts'

const PATH = '/avvio/canali'
/** The box that opens the channel; no setting of a channel is called so. */
const ENABLED = 'attivo'

/** `{base}/avvio/canali`: the ways to pay, each with a form drawn from what it says it needs. */
export function channelRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services, channels } = parts
  const { db, clock } = services

  officeRoute(app, `GET ${PATH}`, async (context) => {
    const states = await channelStates(db, context.var.tenant.id, channels)
    return page(parts, context, 'office/channels', listView(parts, context, states))
  })

  officeRoute(app, `GET ${PATH}/:channel`, async (context) => {
    const channel = asked(context)
    return page(
      parts,
      context,
      'office/settings-form',
      formView(parts, context, channel, await stateOf(context, channel), {}),
    )
  })

  officeRoute(app, `POST ${PATH}/:channel`, async (context, { accountId }) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const channel = asked(context)
    const posted = await formFields(context)
    parts.forms.check(posted.form, accountId)
    const enabled = posted[ENABLED] === 'si'
    const read = readSettings(channel, posted)
    const state = await stateOf(context, channel)
    const again = (
      errors: Record<string, string>,
      conflict: SettingsFormView['conflict'],
      status: 409 | 422,
    ) => {
      const view = formView(parts, context, channel, state, {
        typed: { ...posted, [ENABLED]: enabled ? 'si' : 'no' },
        errors,
        conflict,
      })
      return page(parts, context, 'office/settings-form', view, status)
    }
    if ('wrong' in read) {
      const bounds = new Map(settingFields(channel).map((field) => [field.name, field]))
      const errors = read.wrong.map((name) => [name, problemOf(bounds.get(name), t)])
      return again(Object.fromEntries(errors) as Record<string, string>, [], 422)
    }
    const wanted = { seen: posted.version ?? '', enabled, settings: read.settings, accountId }
    if ((await saveChannel(db, tenant.id, channel.id, wanted, clock.now())) === 'conflict')
      return again({}, conflictOf(channel, state, { enabled, settings: read.settings }, t), 409)
    parts.registry.forget()
    return context.redirect(savedAt(context, PATH), 303)
  })

  /** @throws DomainError resource.not_found */
  function asked(context: PageContext): PaymentChannel {
    const channel = channels.find(({ id }) => id === context.req.param('channel'))
    if (!channel) throw new DomainError('resource.not_found')
    return channel
  }

  async function stateOf(context: PageContext, channel: PaymentChannel): Promise<ChannelState> {
    return (await channelStates(db, context.var.tenant.id, [channel])).get(channel.id)!
  }
}

function problemOf(field: SettingField | undefined, t: Translate): string {
  if (field?.kind === 'whole' && field.minimum !== undefined && field.maximum !== undefined)
    return t('onboarding.problem.between', { minimum: field.minimum, maximum: field.maximum })
  return t('onboarding.problem.setting')
}

/** The words of a channel's setting; a channel that brought none is shown by the setting's own name. */
function words(channel: PaymentChannel, name: string, part: '' | '.hint' | '.example', t: Translate): string {
  const key = `channel.${channel.id}.setting.${name}${part}`
  return hasMessage(key) ? t(key) : part === '' ? name : ''
}

function listView(
  parts: OfficeParts,
  context: PageContext,
  states: ReadonlyMap<string, ChannelState>,
): ChannelsView {
  const { tenant, language } = context.var
  const t = translator(language)
  return {
    ...settingsView(parts, context, 'channels'),
    channels: parts.channels.map((channel) => {
      const { enabled, settings } = states.get(channel.id)!
      const { offered, because } = offerOf(parts.services, channel, tenant, settings)
      return {
        label: channel.label[language],
        note: channel.note[language],
        icon: channel.icon,
        href: `${officeOf(tenant)}${PATH}/${channel.id}`,
        state: badgeOf(enabled, offered, t),
        because: because === null ? '' : t(because),
        remedy: because === null ? '' : remedyOf(because, t),
      }
    }),
  }
}

/** What the office can do about a way to pay that families do not see, where a channel has brought the words. */
function remedyOf(because: string, t: Translate): string {
  const key = `${because}.remedy`
  return hasMessage(key) ? t(key) : ''
}

function badgeOf(enabled: boolean, offered: boolean, t: Translate): Badge {
  if (!enabled) return { text: t('onboarding.channels.closed'), tone: 'plain' }
  return offered
    ? { text: t('onboarding.channels.open'), tone: 'paid' }
    : { text: t('onboarding.channels.not_offered'), tone: 'open' }
}

function formView(
  parts: OfficeParts,
  context: PageContext,
  channel: PaymentChannel,
  { enabled, settings, version }: ChannelState,
  shown: {
    typed?: Readonly<Record<string, string>>
    errors?: Readonly<Record<string, string>>
    conflict?: SettingsFormView['conflict']
  },
): SettingsFormView {
  const { tenant, language } = context.var
  const t = translator(language)
  const { typed, errors = {}, conflict = [] } = shown
  const { because } = offerOf(parts.services, channel, tenant, settings)
  const fields = settingFields(channel).map((field) =>
    settingView(
      channel,
      field,
      typed?.[field.name] ?? plainText(settings[field.name]),
      errors[field.name],
      language,
    ),
  )
  const isOn = typed ? typed[ENABLED] === 'si' : enabled
  return {
    ...settingsView(parts, context, 'channels', errors),
    parentHref: officeOf(tenant) + PATH,
    parentLabel: t('onboarding.step.channels'),
    title: channel.label[language],
    lead: channel.note[language],
    action: `${officeOf(tenant)}${PATH}/${channel.id}`,
    version,
    panels: [
      {
        id: 'channel',
        title: t('onboarding.channels.panel'),
        text: because === null ? t('onboarding.channels.panel_text') : t(because),
        fields: [
          {
            ...BOX,
            name: ENABLED,
            label: t('onboarding.channels.enable'),
            hint: t('onboarding.channels.enable_hint'),
            checked: isOn,
          },
          ...fields,
        ],
        facts: [],
      },
    ],
    conflict,
    effects: null,
    shown: '',
    previews: false,
  }
}

const BOX: SettingsField = {
  name: '',
  label: '',
  hint: '',
  example: '',
  kind: 'flag',
  type: 'text',
  inputmode: '',
  maxlength: '',
  value: '',
  required: false,
  need: '',
  checked: false,
  options: [],
  error: '',
}

function settingView(
  channel: PaymentChannel,
  field: SettingField,
  value: string,
  error: string | undefined,
  language: Language,
): SettingsField {
  const t = translator(language)
  const { name, kind, required, preset, options } = field
  const own = words(channel, name, '.hint', t)
  const standard = preset === '' ? '' : t('onboarding.channels.preset', { preset })
  return {
    ...BOX,
    name,
    label: words(channel, name, '', t),
    hint: [own, standard].filter(Boolean).join(' '),
    example: kind === 'flag' || kind === 'choice' ? '' : words(channel, name, '.example', t),
    kind: kind === 'whole' ? 'text' : kind,
    inputmode: kind === 'whole' ? 'numeric' : '',
    maxlength: kind === 'text' && field.maximum !== undefined ? String(field.maximum) : '',
    value,
    required,
    need: required ? '' : t('portal.form.optional'),
    checked: value === 'si' || value === 'true',
    options: options.map((option) => ({ value: option, label: option, selected: option === value })),
    error: error ?? '',
  }
}

function conflictOf(
  channel: PaymentChannel,
  state: ChannelState,
  mine: { enabled: boolean; settings: Readonly<Record<string, unknown>> },
  t: Translate,
): SettingsFormView['conflict'] {
  const yes = (value: boolean) => t(value ? 'onboarding.si' : 'onboarding.no')
  const rows = settingFields(channel)
    .filter(({ name }) => state.settings[name] !== mine.settings[name])
    .map(({ name }) => ({
      label: words(channel, name, '', t),
      current: plainText(state.settings[name]),
      typed: plainText(mine.settings[name]),
    }))
  const box = {
    label: t('onboarding.channels.enable'),
    current: yes(state.enabled),
    typed: yes(mine.enabled),
  }
  return state.enabled === mine.enabled && rows.length > 0 ? rows : [box, ...rows]
}
