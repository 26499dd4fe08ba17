/** Immutable configuration records, the one ConfKey table, lossless vz.conf and CTID.conf. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.config;
