import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { edit, withVersion } from './edits.mjs'

const ginSmall = path.resolve(import.meta.dirname, '../apps/gin-small')
const moduleName = 'example.com/many'

/**
 * Generates a Gin service of several hundred packages in three layers, as services grow in practice: handlers import
 * services, services import types, all of them import the package core, main imports all handlers. `leaf` edits an exported
 * constant of a package of the third layer (two services and three handlers depend on it), `shared` the body of a function
 * of core, `seen` an exported constant of core, `main` the main package; the app answers with what all add up to.
 */
export async function writePackagesApp(directory, packages) {
  const width = Math.max(4, Math.round(packages / 3))
  await mkdir(directory, { recursive: true })
  await cp(path.join(ginSmall, 'go.sum'), path.join(directory, 'go.sum'))
  await cp(path.join(ginSmall, 'go.mod'), path.join(directory, 'go.mod'))
  await edit(path.join(directory, 'go.mod'), (text) => text.replace(/^module .*/m, `module ${moduleName}`))
  await writePackage(directory, 'core', coreSource)
  for (let index = 0; index < width; index++) {
    await writePackage(directory, `types/t${index}`, typesSource(index))
    await writePackage(directory, `services/s${index}`, middleSource('s', index, ['types', 't'], width))
    await writePackage(directory, `handlers/h${index}`, middleSource('h', index, ['services', 's'], width))
  }
  const mainFile = path.join(directory, 'main.go')
  const leafFile = path.join(directory, 'types/t0/t0.go')
  await writeFile(mainFile, mainSource(width))
  const coreFile = path.join(directory, 'core/core.go')
  const versions = { leaf: 0, shared: 0, seen: 0, main: 1 }
  const raise = (part, file, change) => async (style) => {
    const version = ++versions[part]
    await edit(file, (text) => change(text, version), style)
    return Object.values(versions).reduce((sum, each) => sum + each)
  }
  return {
    directory,
    packages: width * 3 + 2,
    edits: {
      main: raise('main', mainFile, withVersion),
      leaf: raise('leaf', leafFile, withVersion),
      shared: raise('shared', coreFile, (text, version) => text.replace(/(level := )\d+/, `$1${version}`)),
      seen: raise('seen', coreFile, withVersion),
    },
  }
}

async function writePackage(directory, name, source) {
  const folder = path.join(directory, name)
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, `${path.basename(name)}.go`), source)
}

/** Level is too long to be inlined, as most functions are: importers do not see its body. */
const coreSource = `package core

import "strings"

const Version = 0

func Level(name string) int {
	level := 0
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, "level-") {
			level += len(part)
		}
	}
	return level
}
`

function typesSource(index) {
  return `package t${index}

import (
	"fmt"

	"${moduleName}/core"
)

const Version = 0

type Item struct {
	ID    int
	Name  string
	Price int64
}

func (i Item) String() string { return fmt.Sprintf("%d %s %d", i.ID, i.Name, i.Price) }

func (i Item) Level() int { return core.Level(i.Name) }

// Total is what the layers above add up.
func Total() int { return Version }
`
}

/** A package that builds on two neighbours of the layer below. */
function middleSource(letter, index, [below, belowLetter], width) {
  const next = (index + 1) % width
  const first = `${belowLetter}${index}`
  const second = `${belowLetter}${next}`
  return `package ${letter}${index}

import (
	"errors"
	"strings"

	"${moduleName}/core"
	"${moduleName}/${below}/${first}"
	"${moduleName}/${below}/${second}"
)

var ErrEmpty = errors.New("empty")

func Level(name string) int { return core.Level(name) + core.Version }

func Clean(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", ErrEmpty
	}
	return strings.ToLower(name), nil
}

// Total takes the first neighbour as it is; the second is only depended on.
func Total() int { return ${first}.Total() + 0*${second}.Total() }
`
}

function mainSource(width) {
  const indices = Array.from({ length: width }, (_, index) => index)
  return `package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"${moduleName}/core"
${indices.map((index) => `	"${moduleName}/handlers/h${index}"`).join('\n')}
)

const version = 1

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())
	router.GET("/", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"version": version + core.Level("") + core.Version + total()})
	})
	if err := router.Run(); err != nil {
		panic(err)
	}
}

func total() int {
	sum := 0
${indices.map((index) => `	sum += h${index}.Total()`).join('\n')}
	return sum
}
`
}
