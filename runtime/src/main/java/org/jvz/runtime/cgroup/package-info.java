/**
 * The cgroups of a VE: how they are made and removed ({@link VeCgroup}), what its configuration limits in them
 * ({@link Limits}), what its processes start with ({@link StartLimits}). It knows nothing of how a VE is started.
 *
 * <p>Keys that no stock kernel can enforce, as the contract says in its column "modern", are counted at most, and the start says so if
 * they are limited: KMEMSIZE, DCACHESIZE and the socket buffers TCPSNDBUF, TCPRCVBUF, OTHERSOCKBUF and DGRAMRCVBUF are part of
 * the VE's memory, which PHYSPAGES or PRIVVMPAGES limit; NUMTCPSOCK, NUMOTHERSOCK, NUMIPTENT and NUMFLOCK have no
 * limit (their memory has); AVNUMPROC and VM_OVERCOMMIT say nothing about the kernel.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.cgroup;
