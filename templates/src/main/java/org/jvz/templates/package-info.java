/** OS templates: lookup, import, content-addressed store, recipes. */
@org.jspecify.annotations.NullMarked
package org.jvz.templates;
