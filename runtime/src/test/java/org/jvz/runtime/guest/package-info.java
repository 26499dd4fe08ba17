@org.jspecify.annotations.NullMarked
package org.jvz.runtime.guest;
