// A real MongoDB-wire server for the tests: FerretDB on SQLite, in one program of our own. It is
// embedded because the module's own command wants version files that are generated at its release.
//
// Usage: ferretdb ADDRESS FOLDER. It answers on ADDRESS (127.0.0.1:0 lets the system choose a port), keeps
// its data in FOLDER, prints its connection string on one line when it is ready, and stops on SIGTERM.
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ferretdb ADDRESS FOLDER")
		os.Exit(2)
	}
	folder, err := filepath.Abs(os.Args[2])
	fail(err)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: "file:" + (&url.URL{Path: folder}).EscapedPath() + "/",
	})
	fail(err)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	fmt.Println(server.MongoDBURI())
	fail(server.Run(ctx))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
