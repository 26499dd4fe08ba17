/** The cgroup tree of a VE. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.cgroup;
