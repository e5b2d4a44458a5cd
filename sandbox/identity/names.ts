export const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
export const XML = 'http://www.w3.org/XML/1998/namespace'
export const SPID_EXTENSIONS = 'https://spid.gov.it/saml-extensions'
export const CIE_EXTENSIONS = 'https://www.cartaidentita.interno.gov.it/saml-extensions'

export const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
export const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
export const BASIC = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic'
export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:'

export const HTTP_REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
export const HTTP_POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'

export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
export const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
export const DIGEST_SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** The class of a level of SPID; CIE uses the same names. */
export const LEVEL_CLASS = 'https://www.spid.gov.it/SpidL'
