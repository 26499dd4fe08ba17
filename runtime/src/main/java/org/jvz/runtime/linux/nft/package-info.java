/** nftables, through libnftables: commands in nft's own language, and what is there read from its JSON. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux.nft;
