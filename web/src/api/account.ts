/**
 * Owns the REST routes of accounts. Loaded with the pages that use them.
 */
import type {
  AccountView,
  ChangeAccount,
  ChangeEmail,
  ChangePassword,
  ConfirmMail,
  DeleteLearner,
  EndIdentity,
  ForgotPassword,
  IdentityList,
  IdentityView,
  LinkView,
  OpenLink,
  ProviderInfo,
  ProviderList,
  ProviderStart,
  Register,
  ResetPassword,
  SignedIn,
  SignIn,
  SignInList,
  SignInView,
} from "@protocol";
import type { Api } from "./client";

/** What `DELETE /v1/learners/me` wants to hear, so that nobody does it by mistake. */
const DELETE_CONFIRMATION = "delete";

/** With the guest's token, where there is one: the guest keeps what they did if they open the link here as well. */
export async function register(api: Api, body: Register): Promise<void> {
  await api.unsigned("/v1/auth/register", body, true);
}

export async function signIn(api: Api, body: SignIn): Promise<void> {
  await signedIn(api, "/v1/auth/sign-in", body);
}

/** What the link in a mail is for, asked as whoever is here: it may be they who asked for it. */
export async function openLink(api: Api, token: string): Promise<LinkView> {
  const body: OpenLink = { token };
  const response = await api.once("/v1/auth/link", body, await api.bearer());
  return (await response.json()) as LinkView;
}

/** `keeps`: the guest here asked for it, and becomes the account. Their own token is refused from now on. */
export async function confirm(api: Api, body: ConfirmMail, keeps: boolean): Promise<void> {
  // Before the turn is taken: to renew a token is to take it, too.
  const bearer = await api.bearer();
  const response = await api.auth.alone(() => api.once("/v1/auth/confirm", body, bearer));
  if (keeps) api.becameAccount(bearer);
  api.auth.accept((await response.json()) as SignedIn);
}

export async function forgot(api: Api, body: ForgotPassword): Promise<void> {
  await api.unsigned("/v1/auth/forgot", body);
}

/** Ends reminders by the link in one of them. */
export async function stopReminders(api: Api, token: string): Promise<void> {
  await api.unsigned(`/v1/reminders/stop?token=${encodeURIComponent(token)}`, undefined);
}

export async function reset(api: Api, body: ResetPassword): Promise<void> {
  await signedIn(api, "/v1/auth/reset", body);
}

async function signedIn(api: Api, path: string, body: unknown): Promise<void> {
  const response = await api.auth.alone(() => api.unsigned(path, body));
  api.auth.accept((await response.json()) as SignedIn);
}

export async function providers(api: Api): Promise<readonly ProviderInfo[]> {
  return (await api.unsignedGet<ProviderList>("/v1/auth/providers")).providers;
}

/** Where to go to sign in; the way back leads to the first page, with a cookie. */
export async function startProvider(api: Api, id: string): Promise<string> {
  const response = await api.unsigned(`/v1/auth/providers/${encodeURIComponent(id)}/start`, undefined, true);
  const { url } = (await response.json()) as ProviderStart;
  // Nothing but a page to go to: an address of a script is none.
  if (!/^https?:$/.test(new URL(url).protocol))
    throw new TypeError("the provider's address is not one to go to");
  api.auth.expectFromProvider();
  return url;
}

export function account(api: Api): Promise<AccountView> {
  return api.request("GET", "/v1/account");
}

export async function changeAccount(api: Api, body: ChangeAccount): Promise<void> {
  api.auth.update(await api.request<AccountView>("PATCH", "/v1/account", body));
}

export function changePassword(api: Api, body: ChangePassword): Promise<void> {
  return api.command("POST", "/v1/account/password", body);
}

export function changeEmail(api: Api, body: ChangeEmail): Promise<void> {
  return api.command("POST", "/v1/account/email", body);
}

export async function signIns(api: Api): Promise<readonly SignInView[]> {
  return (await api.request<SignInList>("GET", "/v1/account/sign-ins")).sign_ins;
}

export function endSignIn(api: Api, id: string): Promise<void> {
  return api.command("DELETE", `/v1/account/sign-ins/${encodeURIComponent(id)}`);
}

/** Every device but this one. */
export function endOtherSignIns(api: Api): Promise<void> {
  return api.command("DELETE", "/v1/account/sign-ins");
}

/** What providers know the account by. */
export async function identities(api: Api): Promise<readonly IdentityView[]> {
  return (await api.request<IdentityList>("GET", "/v1/account/identities")).identities;
}

/** `password`: of the account, empty where it has none. */
export function endIdentity(api: Api, id: string, password: string): Promise<void> {
  const body: EndIdentity = { password };
  return api.command("DELETE", `/v1/account/identities/${encodeURIComponent(id)}`, body);
}

export function exportEverything(api: Api): Promise<Blob> {
  return api.file("/v1/learners/me/export");
}

/** `password`: of the account, null where it has none. */
export async function deleteAccount(api: Api, password: string | null): Promise<void> {
  const body: DeleteLearner = { confirm: DELETE_CONFIRMATION, password };
  await api.command("DELETE", "/v1/learners/me", body);
  api.auth.leave();
}
