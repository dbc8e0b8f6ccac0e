import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkOf } from '#lib/network.ts';
import { toLongId } from '#lib/salesforce-id.ts';
import { populations } from './customers.ts';
import { createHouse, integrationOf } from './house.ts';

const house = createHouse({ seed: 1 });

test('the house has the size it is known for', () => {
  assert.equal(house.shops.length, 410);
  assert.equal(new Set(house.shops.map(({ country }) => country.iso)).size, 34);
  assert.equal(house.people.length, 9000);
  assert.equal(house.people.filter(({ usesCrm }) => usesCrm).length, 2600);
  assert.equal(house.integrations.length, 60);
  assert.equal(new Set(house.integrations.map(({ app }) => app.name)).size, 60);
});

test('the same seed is the same house, another seed another', () => {
  assert.deepEqual(JSON.stringify(createHouse({ seed: 1 })), JSON.stringify(house));
  assert.notEqual(JSON.stringify(createHouse({ seed: 2 }).people), JSON.stringify(house.people));
});

test('every customer has an id of their own with its right checksum, whenever asked', () => {
  fc.assert(
    fc.property(fc.nat(populations.Contact - 1), fc.nat(populations.Contact - 1), (one, other) => {
      const contact = house.contact(one);
      assert.equal(contact.id.length, 18);
      assert.equal(toLongId(contact.id.slice(0, 15)), contact.id);
      assert.deepEqual(house.contact(one), contact);
      if (one !== other) {
        assert.notEqual(house.contact(other).id, contact.id);
        assert.notEqual(house.contact(other).email, contact.email);
      }
    }),
  );
  assert.throws(() => house.contact(populations.Contact), RangeError);
});

test('a few customers spend very much', () => {
  let above = 0;
  let most = 0;
  for (let index = 0; index < 20_000; index++) {
    const { totalSpend } = house.contact(index * 370);
    if (totalSpend > 10_000) above++;
    most = Math.max(most, totalSpend);
  }
  assert.ok(above > 200 && above < 800, `${above} of 20,000 above 10,000`);
  assert.ok(most > 30_000 && most <= 86_000, `the largest is ${most}`);
});

test('people have addresses and names of their own', () => {
  assert.equal(new Set(house.people.map(({ email }) => email)).size, 9000);
  for (const { email } of house.people) assert.match(email, /^[a-z]+\.[a-z]+\d*@maison-orfevre\.example$/);
  assert.equal(new Set(house.people.map(({ userId }) => userId)).size, 9000);
  assert.equal(new Set(house.people.map(({ oktaId }) => oktaId)).size, 9000);
});

test('an integration works from one network, and none from the thief’s', () => {
  for (const { app, addresses } of house.integrations) {
    assert.equal(new Set(addresses.map(networkOf)).size, 1, app.name);
    assert.ok(!addresses.some((address) => ['44.215.0.0/16', '208.68.0.0/16'].includes(networkOf(address) ?? '')));
  }
  assert.equal(integrationOf(house, 'chat').app.name, 'Parlance Chat');
});
