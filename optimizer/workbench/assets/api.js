// Talking to the engine: every answer is JSON, every error a sentence for the person.
export class Refused extends Error {}

async function answer(response) {
  let told = {};
  try { told = await response.json(); } catch { /* no JSON: the status says it */ }
  if (!response.ok) throw new Refused(told.error ?? `${response.status} ${response.statusText}`);
  return told;
}

export async function look(address, asked = {}) {
  return answer(await fetch(`${address}?${new URLSearchParams(asked)}`));
}

export async function act(address, sent = {}) {
  return answer(await fetch(address, {
    method: "POST", headers: {"Content-Type": "application/json", "X-Workbench": "1"}, body: JSON.stringify(sent),
  }));
}
