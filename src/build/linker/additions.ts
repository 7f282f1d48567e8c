/**
 * What is added to the packages of the toolchain's linker, by its path below `cmd/link/internal`. It uses what `edits` put
 * into the linker's own files.
 */
export const additions: Readonly<Record<string, string>> = {
  'ld/hotlane.go': `package ld

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"cmd/internal/goobj"
	"cmd/link/internal/sym"
)

// awaitChanges does what can be done before it is known which packages have changed since the import configuration was
// written, says "ready", and then reads of standard input where the changed ones are: lines of the form package=archive,
// each package behind those it imports, and the line "link". What it does not know how to change ends the linker.
func (ctxt *Link) awaitChanges() {
	if !waits() {
		return
	}
	ctxt.loader.LoadSyms(ctxt.Arch)
	exitIfErrors()
	ctxt.loader = ctxt.loader.Anew()
	// What is free now need not be asked of the system later.
	runtime.GC()
	fmt.Println("ready")

	lines := bufio.NewScanner(os.Stdin)
	changed := []*sym.Library{}
	before := map[*sym.Library]goobj.FingerprintType{}
	wanted := false
	for !wanted && lines.Scan() {
		pkg, archive, _ := strings.Cut(lines.Text(), "=")
		if wanted = lines.Text() == "link"; wanted {
			continue
		}
		lib := ctxt.LibraryByPkg[pkg]
		if lib == nil {
			Exitf("%s is not part of the program", pkg)
		}
		changed = append(changed, lib)
		before[lib] = lib.Fingerprint
		lib.Fingerprint = goobj.FingerprintType{}
		lib.File = archive
	}
	if !wanted {
		Exit(0)
	}
	for _, lib := range changed {
		ctxt.loadAgain(lib)
	}
	for _, importer := range ctxt.Library {
		if _, isChanged := before[importer]; isChanged {
			continue // the linker has compared it with what it imports
		}
		for _, lib := range importer.Imports {
			if old, isChanged := before[lib]; isChanged && old != lib.Fingerprint {
				Exitf("%s was compiled against another %s", importer.Pkg, lib.Pkg)
			}
		}
	}
}

// tellLinked says "linked" when the program is whole: it takes the system a while to take back the memory.
func (ctxt *Link) tellLinked() {
	if waits() && nerrors == 0 {
		fmt.Println("linked")
	}
}

func waits() bool {
	return os.Getenv("HOTLANE_LINKER") == "wait"
}

// loadAgain puts the package's one object in the place of the one that was loaded. All else has to be as it was.
func (ctxt *Link) loadAgain(lib *sym.Library) {
	imports, units := lib.Imports, len(lib.Units)
	libraries, directives, foreign, version := len(ctxt.Library), len(ctxt.cgodata), len(hostobj), ctxt.version
	lib.Imports, lib.Units = nil, nil
	loadobjfile(ctxt, lib)
	isSame := slices.Equal(imports, lib.Imports) && units == 1 && len(lib.Units) == 1 &&
		libraries == len(ctxt.Library) && directives == len(ctxt.cgodata) && foreign == len(hostobj)
	if !isSame || !ctxt.loader.Exchange(lib) {
		Exitf("%s has changed in more than its code", lib.Pkg)
	}
	ctxt.version = version
}
`,
  'loader/hotlane.go': `package loader

import (
	"cmd/internal/goobj"
	"cmd/link/internal/sym"
)

// numbering gives each name and each content of symbols a number, which an object keeps for each of its symbols: so a
// loader that loads the same objects again looks nearly nothing up.
type numbering struct {
	names    [2]map[string]uint32 // by ABI
	hashes   map[goobj.HashType]uint32
	hashes64 map[uint64]uint32
	named    []Sym        // by a name's number
	hashed   []symAndSize // by a content's number
}

func newNumbering() *numbering {
	return &numbering{
		names:    [2]map[string]uint32{make(map[string]uint32), make(map[string]uint32)},
		hashes:   make(map[goobj.HashType]uint32),
		hashes64: make(map[uint64]uint32),
		named:    make([]Sym, 1),
		hashed:   make([]symAndSize, 1),
	}
}

// lookup returns the symbol of a name, 0 if there is none.
func (n *numbering) lookup(name string, ver int) Sym {
	return n.named[n.names[ver][name]]
}

func (n *numbering) set(name string, ver int, s Sym) {
	var number uint32
	*n.place(&number, name, ver) = s
}

// place returns where the symbol of a name is kept. The number is 0 where it is not known yet.
func (n *numbering) place(number *uint32, name string, ver int) *Sym {
	if *number == 0 {
		*number = n.names[ver][name]
	}
	if *number == 0 {
		*number = uint32(len(n.named))
		n.named = append(n.named, 0)
		n.names[ver][name] = *number
	}
	return &n.named[*number]
}

// placeOf is place for symbols that are known by their content.
func placeOf[H comparable](n *numbering, numbers map[H]uint32, number *uint32, hash H) *symAndSize {
	if *number == 0 {
		*number = numbers[hash]
	}
	if *number == 0 {
		*number = uint32(len(n.hashed))
		n.hashed = append(n.hashed, symAndSize{})
		numbers[hash] = *number
	}
	return &n.hashed[*number]
}

// reference is LookupOrCreateSym for a symbol of an object.
func (l *Loader) reference(r *oReader, li uint32, name string, ver int) Sym {
	if ver < 0 || ver >= len(l.numbering.names) {
		return l.LookupOrCreateSym(name, ver)
	}
	if s := *l.numbering.place(&r.numbers[li], name, ver); s != 0 {
		return s
	}
	s := l.newExtSym(name, ver)
	*l.numbering.place(&r.numbers[li], name, ver) = s
	return s
}

// Anew returns a loader with the same objects and numbers, which has loaded no symbol yet.
func (l *Loader) Anew() *Loader {
	anew := NewLoader(l.flags, l.errorReporter)
	anew.objs = append(anew.objs, l.objs[goObjStart:]...)
	anew.objByPkg = l.objByPkg
	anew.numbering = l.numbering
	clear(anew.numbering.named)
	clear(anew.numbering.hashed)
	return anew
}

// Exchange puts the object that was added last, one of this package, in the place of the package's other one. It returns
// false unless there is exactly one other.
func (l *Loader) Exchange(lib *sym.Library) bool {
	last := len(l.objs) - 1
	at := 0
	for i := goObjStart; i < last; i++ {
		if l.objs[i].unit.Lib != lib {
			continue
		}
		if at != 0 {
			return false
		}
		at = i
	}
	added := l.objs[last]
	if at == 0 || added.unit.Lib != lib {
		return false
	}
	added.objidx, added.version = l.objs[at].objidx, l.objs[at].version
	l.objs[at] = added
	l.objs = l.objs[:last]
	return true
}

// hasUndefined returns whether there can be a symbol that only objects of other compilers than Go's refer to. None of Go's
// own objects defines one of that kind.
func (l *Loader) hasUndefined() bool {
	for _, p := range l.payloads {
		if p.kind == sym.SXREF && p.name != ".got" {
			return true
		}
	}
	return false
}
`,
}
