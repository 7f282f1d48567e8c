import path from 'node:path'

/** Extensions that the Go command takes from a package's directory (`go/build`, matchFile). */
const sources = new Set(
  '.go .c .cc .cpp .cxx .m .h .hh .hpp .hxx .f .F .for .f90 .s .S .sx .swig .swigcxx .syso'.split(' '),
)

/** Whether a name in a package's directory can be part of the package: a source that is no test and not hidden. */
export function isGoInput(name: string): boolean {
  return !/^[._]/.test(name) && !name.endsWith('_test.go') && sources.has(path.extname(name))
}

/** Whether it belongs to the package of its directory: a go.mod begins another module, default.pgo changes how it is compiled. */
export function isPackageFile(name: string): boolean {
  return isGoInput(name) || name === 'go.mod' || name === 'default.pgo'
}
