/**
 * What programs in a VE see of the machine: the files of /proc and /sys that tell of its memory, CPUs and time. They are
 * covered by files of the VE's own size, from lxcfs or plain ones. Knows nothing of how a VE starts or what its cgroups
 * are: it makes detached mounts, which others attach.
 */
@NullMarked
package org.jvz.runtime.view;

import org.jspecify.annotations.NullMarked;
