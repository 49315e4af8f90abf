// A second OpenID provider, by other people in another language, to test interoperation with.
// node oidc_provider.mjs <folder of node_modules> <configuration as JSON>
import dns from 'node:dns';
import { pathToFileURL } from 'node:url';

const [folder, text] = process.argv.slice(2);
const { issuer, port, clients, people } = JSON.parse(text);
const { default: Provider } = await import(pathToFileURL(`${folder}/oidc-provider/lib/index.js`));

// Not every resolver knows that names under localhost are this machine.
const lookup = dns.lookup;
dns.lookup = (name, options, done) =>
  lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, options, done);

const provider = new Provider(issuer, {
  clients,
  cookies: { keys: ['only for tests'] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'cccd'], phone: ['phone_number'] },
  features: { backchannelLogout: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile phone');
    await grant.save();
    return grant;
  },
  // It refuses to call this machine unless its guarded dispatcher is taken away.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
});
for (const event of ['backchannel.error', 'server_error']) {
  provider.on(event, (...all) => console.log(event, ...all.filter((x) => x instanceof Error)));
}
provider.listen(port, '127.0.0.1', () => console.log('listening'));
