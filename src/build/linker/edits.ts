/** A place in a file of the linker that is found by its text, once, and the text that takes its place. */
export interface Edit {
  readonly from: string
  readonly to: string
}

/**
 * Changes of the linker's own files, by their path below `cmd/link/internal`. The linker does what it did: in the same
 * order, with the same result. It only keeps what it looked up where it finds it again without looking up, and stops once
 * to be told what has changed.
 */
export const edits: Readonly<Record<string, readonly Edit[]>> = {
  'ld/lib.go': [
    {
      from: '\tctxt.loader.LoadSyms(ctxt.Arch)\n',
      to: '\tctxt.awaitChanges()\n\tctxt.loader.LoadSyms(ctxt.Arch)\n',
    },
  ],
  'ld/main.go': [
    { from: '\n\terrorexit()\n}\n\ntype Rpath', to: '\n\tctxt.tellLinked()\n\terrorexit()\n}\n\ntype Rpath' },
  ],
  'loader/loader.go': [
    { from: 'type Loader struct {\n', to: 'type Loader struct {\n\tnumbering *numbering\n' },
    { from: '\tldr := &Loader{\n', to: '\tldr := &Loader{\n\t\tnumbering: newNumbering(),\n' },
    { from: 'type oReader struct {\n', to: 'type oReader struct {\n\tnumbers []uint32 // by local index\n' },
    {
      from: '\tl.addObj(lib.Pkg, or)\n',
      to: '\tor.numbers = make([]uint32, len(or.syms))\n\tl.addObj(lib.Pkg, or)\n',
    },
    // Symbols of a package.
    {
      from: '\t\tl.symsByName[ver][name] = i\n\t\taddToGlobal()\n\t\treturn i\n\tcase',
      to: '\t\t*l.numbering.place(&r.numbers[li], name, ver) = i\n\t\taddToGlobal()\n\t\treturn i\n\tcase',
    },
    // Symbols that are known by their content.
    {
      from: '\tcase hashed64Def, hashedDef:\n',
      to: '\tcase hashed64Def, hashedDef:\n\t\tif s := l.numbering.hashed[r.numbers[li]]; s.sym != 0 && osym.Siz() <= s.size {\n\t\t\treturn s.sym\n\t\t}\n',
    },
    {
      from: '\t\t\t\ts, existed := st.hashed64Syms[h64]\n\t\t\t\treturn s, existed\n',
      to: '\t\t\t\ts := *placeOf(l.numbering, l.numbering.hashes64, &r.numbers[li], h64)\n\t\t\t\treturn s, s.sym != 0\n',
    },
    {
      from: 'st.hashed64Syms[h64] = ss',
      to: '*placeOf(l.numbering, l.numbering.hashes64, &r.numbers[li], h64) = ss',
    },
    {
      from: '\t\t\t\ts, existed := st.hashedSyms[*h]\n\t\t\t\treturn s, existed\n',
      to: '\t\t\t\ts := *placeOf(l.numbering, l.numbering.hashes, &r.numbers[li], *h)\n\t\t\t\treturn s, s.sym != 0\n',
    },
    { from: 'st.hashedSyms[*h] = ss', to: '*placeOf(l.numbering, l.numbering.hashes, &r.numbers[li], *h) = ss' },
    { from: 'make(map[uint64]symAndSize, hashed64Size)', to: 'make(map[uint64]symAndSize, 0*hashed64Size)' },
    {
      from: 'make(map[goobj.HashType]symAndSize, hashedSize)',
      to: 'make(map[goobj.HashType]symAndSize, 0*hashedSize)',
    },
    // Symbols of any package.
    {
      from: '\toldi, existed := l.symsByName[ver][name]\n\tif !existed {\n\t\tl.symsByName[ver][name] = i\n',
      to: '\tplace := l.numbering.place(&r.numbers[li], name, ver)\n\toldi := *place\n\tif oldi == 0 {\n\t\t*place = i\n',
    },
    // References.
    { from: 'l.LookupOrCreateSym(name, v)', to: 'l.reference(r, ndef+i, name, v)' },
    { from: '\treturn l.symsByName[ver][name]\n', to: '\treturn l.numbering.lookup(name, ver)\n' },
    {
      from: '\t} else {\n\t\tl.symsByName[ver][name] = i\n',
      to: '\t} else {\n\t\tl.numbering.set(name, ver, i)\n',
    },
    {
      from: 'func (l *Loader) UndefinedRelocTargets(limit int) ([]Sym, []Sym) {\n',
      to: 'func (l *Loader) UndefinedRelocTargets(limit int) ([]Sym, []Sym) {\n\tif !l.hasUndefined() {\n\t\treturn nil, nil\n\t}\n',
    },
  ],
}

/** What is nowhere left in a file behind the edits: a place more would keep what the others do not see. */
export const replaced: Readonly<Record<string, readonly string[]>> = {
  'loader/loader.go': ['symsByName[ver]', 'hashed64Syms[', 'hashedSyms['],
}
