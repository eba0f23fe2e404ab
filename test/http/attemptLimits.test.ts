import t from 'tap';
import { networkOf } from '../../src/http/access/attemptLimits.js';

t.test('attempts are counted by IPv4 address, and by /64 of IPv6', (t) => {
  t.equal(networkOf('192.0.2.7'), '192.0.2.7');
  t.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
  const one = networkOf('2001:db8:1:2::1');
  t.equal(networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff'), one);
  t.equal(networkOf('2001:0db8:0001:0002::'), one);
  t.not(networkOf('2001:db8:1:3::1'), one);
  t.equal(networkOf('2001:db8::1:2:3'), '2001:db8:0:0::/64');
  t.equal(networkOf('::1'), '0:0:0:0::/64');
  t.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  t.end();
});
