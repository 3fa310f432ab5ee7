package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every key and link has the word secret in it, so that the tests can find one in what is printed.
const (
	roomAdminKey = "sk-secret-of-a-room-admin"
	readOnlyKey  = "sk-secret-of-a-room-admin-read-only"
	ownerKey     = "sk-secret-of-the-owner"
	memberKey    = "sk-secret-of-a-member"
	wrongKey     = "sk-secret-of-nobody"

	site        = "http://yourteam.example"
	shortLink   = "/s/secret-qChwFgdDWT3svR4"
	expiredLink = "/s/secret-Tn0aVbJrXe5yLkM"
	roomLink    = "/s/secret-6wOcYHsBpKzTq3n"
	query       = "type=GuestShareLink&key=533217614623.secret%2BH5L2%2f&encemail=NBAa%3D&uid=27ab5c1e"
	fullLink    = site + "/confirm/GuestShareLink?" + query

	guest   = "jane@example.com"
	guestID = "401a36ae-b1a7-4ef4-9545-dd45c18e82bf"
	profile = `{"response":{"firstName":"Jane","lastName":"Doe","userName":"jane","email":"jane@example.com","status":1,"activationStatus":1,"department":"","workFrom":"2026-11-20T09:12:44.0000000+00:00","avatarOriginal":"/static/images/default_user_photo_size_200-200.png","avatarMax":"/static/images/default_user_photo_size_200-200.png","avatarMedium":"/static/images/default_user_photo_size_48-48.png","avatarSmall":"/static/images/default_user_photo_size_32-32.png","isAdmin":false,"isRoomAdmin":false,"isLDAP":false,"isOwner":false,"isVisitor":true,"isCollaborator":false,"isSSO":false,"cultureName":"en-US","shared":true,"id":"401a36ae-b1a7-4ef4-9545-dd45c18e82bf","displayName":"Jane Doe","avatar":"/static/images/default_user_photo_size_82-82.png","hasAvatar":false,"isAnonim":false},"count":1,"links":[{"href":"https://portal/api/2.0/people/guests/share/approve","action":"POST"}],"status":0,"statusCode":200}`
	removal = `{"count":0,"links":[{"href":"https://portal/api/2.0/people/guests","action":"DELETE"}],"status":0,"statusCode":200}`
	invalid = `{"response":{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"One or more validation errors occurred.","status":400,"errors":{"Email":["The Email field is not a valid e-mail address."]},"traceId":"00-7c1d4f3a-01"},"count":1,"links":[{"href":"https://portal/api/2.0/people/guests/share/approve","action":"POST"}],"status":1,"statusCode":400}`
	page    = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>100% nginx</body>\r\n</html>\r\n"

	approving = "Approving guest...\n"
	deleting  = "\nDeleting guest...\n"
	approved  = approving + "Status Code: 200\nRaw Response: " + profile + "\n" +
		"Approved guest: Jane Doe (jane@example.com)\n"
	deleted = approved + deleting + "Status Code (delete): 200\nRaw Response (delete): " + removal + "\n" +
		"Guest with ID 401a36ae-b1a7-4ef4-9545-dd45c18e82bf deleted successfully.\n"

	noGuest    = "guest approval failed: the sharing link led to no guest (status %d)"
	checkLink  = "\nCheck the sharing link, which works for seven days, and the key."
	checkRole  = "\nCheck that there is a guest's sharing link and that the key is a room admin's."
	checkKey   = "\nCheck the key; the approval went by the sharing link alone."
	checkScope = "\nCheck that the key is a room admin's and has accounts:write."
)

var (
	denied = `{"error":{"message":"Access denied","type":"System.Security.SecurityException","stack":"` +
		strings.Repeat(`   at ASC.People.Api.UserController.Method(InDto inDto) in /src/Api.cs:line 1\n`, 40) +
		`","hresult":-2146233078},"status":1,"statusCode":403}`
	accounts = map[string]string{
		"Bearer " + roomAdminKey: "room admin", "Bearer " + readOnlyKey: "room admin",
		"Bearer " + ownerKey: "owner", "Bearer " + memberKey: "member",
	}
	locations = map[string]string{shortLink: fullLink, expiredLink: fullLink + "0", roomLink: site + "?type=LinkInvite"}
)

// outcome is what the program prints, how it fails, what it sends, and whose list has the guest then.
type outcome struct{ printed, failure, requests, list string }

// notApproved is the outcome when the portal refuses the approval.
func notApproved(status int, raw, check string) outcome {
	printed := approving + fmt.Sprintf("Status Code: %d\nRaw Response: %s\n", status, raw)
	failure := fmt.Sprintf("guest approval failed. Status code: %d, Message: %s%s", status, raw, check)
	return outcome{printed, failure, "HEAD POST", ""}
}

// notDeleted is the outcome when the portal refuses the deletion.
func notDeleted(status int, raw, check, list string) outcome {
	printed := approved + deleting + fmt.Sprintf("Status Code (delete): %d\nRaw Response (delete): %s\n", status, raw)
	failure := fmt.Sprintf("guest deletion failed. Status code: %d, Message: %s%s", status, raw, check)
	return outcome{printed, failure, "HEAD POST DELETE", list}
}

// The whole process, with settings as people paste them.
func TestTranscript(t *testing.T) {
	p := newPortal(t)
	printed := p.run(t, outcome{deleted, "exit status 0", "HEAD POST DELETE", ""},
		"DOCSPACE_API_HOST=\t"+site+"/\r\n", "DOCSPACE_API_KEY= "+roomAdminKey+"\r\n",
		"DOCSPACE_GUEST_EMAIL="+guest+" ", "DOCSPACE_GUEST_LINK=\n"+site+shortLink)
	t.Logf("the program prints:\n%s", printed)

	const want = "HEAD " + site + shortLink + `

POST ` + site + `/api/2.0/people/guests/share/approve
Authorization: Bearer ` + roomAdminKey + `
Confirm: ` + query + `
Content-Type: application/json
{"email":"jane@example.com"}
DELETE ` + site + `/api/2.0/people/guests
Authorization: Bearer ` + roomAdminKey + `
Content-Type: application/json
{"resendAll":false,"userIds":["401a36ae-b1a7-4ef4-9545-dd45c18e82bf"]}
`
	if got := strings.ReplaceAll(p.dump.String(), "\r", ""); got != want {
		t.Errorf("got the requests\n%s\nwant\n%s", got, want)
	}
	if len(p.connections) != 1 {
		t.Errorf("got %d connections, want 1", len(p.connections))
	}
}

// Each failure ends the process. The placeholders are in two parts, so that replacing them
// in this file, too, does not make the tests send anything.
func TestExitStatus(t *testing.T) {
	firstRun := outcome{failure: "the host or the key is still a placeholder: set DOCSPACE_API_HOST, " +
		"DOCSPACE_API_KEY, DOCSPACE_GUEST_EMAIL and DOCSPACE_GUEST_LINK, or edit their defaults at the top of main.go"}
	for setting, want := range map[string]outcome{
		"DOCSPACE_API_HOST=https://your" + "portal.onlyoffice.com": firstRun,
		"DOCSPACE_API_KEY=your" + "_api_key":                       firstRun,
		"DOCSPACE_API_KEY=" + memberKey:                            notApproved(403, denied, checkRole),
		"DOCSPACE_API_KEY=" + ownerKey:                             notDeleted(403, denied, checkScope, ""),
	} {
		want.failure += "\nexit status 1"
		newPortal(t).run(t, want, setting)
	}
}

func TestSetting(t *testing.T) {
	t.Setenv("DOCSPACE_GUEST_LINK", " \r\n")
	if got := setting("DOCSPACE_GUEST_LINK", "default"); got != "default" {
		t.Errorf("got %q for a blank variable, want the default", got)
	}
}

// What comes of the keys, emails and links that people have.
func TestFlow(t *testing.T) {
	const wrongGuest = "approved another guest: the sharing link is for jane@example.com, not for jo@example.com"
	const noScheme = `guest approval failed: asking where the sharing link leads: unsupported protocol scheme ""`
	const noURL = "guest approval failed: the sharing link is not a URL"
	for _, test := range []struct {
		name, key, email, link string
		want                   outcome
	}{
		{"full link", roomAdminKey, guest, fullLink + "#", outcome{deleted, "<nil>", "POST DELETE", ""}},
		{"capitals", roomAdminKey, "Jane@Example.com", fullLink, outcome{deleted, "<nil>", "POST DELETE", ""}},
		{"other guest", roomAdminKey, "jo@example.com", fullLink, outcome{approved, wrongGuest, "POST", "room admin"}},

		{"unknown", roomAdminKey, guest, "PORTAL/s/secret", outcome{approving, fmt.Sprintf(noGuest, 302), "HEAD", ""}},
		{"room", roomAdminKey, guest, "PORTAL" + roomLink, outcome{approving, fmt.Sprintf(noGuest, 302), "HEAD", ""}},
		{"site", roomAdminKey, guest, "PORTAL/?type=secret", outcome{approving, fmt.Sprintf(noGuest, 200), "HEAD", ""}},
		{"no https", roomAdminKey, guest, "portal.example" + shortLink, outcome{approving, noScheme, "", ""}},
		{"no URL", roomAdminKey, guest, "PORTAL/%secret", outcome{approving, noURL, "", ""}},

		{"expired link", roomAdminKey, guest, "PORTAL" + expiredLink, notApproved(401, "", checkLink)},
		{"member's key", memberKey, guest, "PORTAL" + shortLink, notApproved(403, denied, checkRole)},
		{"no email address", roomAdminKey, "Jane", "PORTAL" + shortLink, notApproved(400, invalid, "")},
		{"wrong key", wrongKey, guest, "PORTAL" + shortLink, notDeleted(401, "", checkKey, "sender")},
		{"read-only key", readOnlyKey, guest, "PORTAL" + shortLink, notDeleted(403, "", checkScope, "room admin")},
		{"owner's key", ownerKey, guest, "PORTAL" + shortLink, notDeleted(403, denied, checkScope, "")},
	} {
		t.Run(test.name, func(t *testing.T) { newPortal(t).flow(t, test.key, test.email, test.link, test.want) })
	}
}

// Without a link there is no Confirm, and the answer may name any email. Any 2xx is a success.
func TestWithoutLink(t *testing.T) {
	for key, want := range map[string]outcome{
		roomAdminKey: notApproved(403, "", checkRole), wrongKey: notApproved(401, "", checkLink),
	} {
		want.requests = "POST"
		newPortal(t).flow(t, key, guest, "", want)
	}
	p := newPortal(t)
	p.instead["POST"], p.instead["DELETE"] = say(299, profile), say(299, removal)
	printed := strings.NewReplacer("Code: 200", "Code: 299", "(delete): 200", "(delete): 299").Replace(deleted)
	p.flow(t, roomAdminKey, "jo@example.com", "", outcome{printed, "<nil>", "POST DELETE", ""})
	if strings.Contains(p.dump.String(), "Confirm") {
		t.Errorf("got the requests\n%s", p.dump.String())
	}
}

// Any other status is a failure, and no redirect is followed.
func TestFailure(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 307, 308, 404, 429, 500, 502} {
		for method, want := range map[string]outcome{
			"HEAD":   {approving, fmt.Sprintf(noGuest, status), "HEAD", ""},
			"POST":   notApproved(status, page, ""),
			"DELETE": notDeleted(status, page, "", "room admin"),
		} {
			p := newPortal(t)
			p.instead[method] = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", p.URL+r.URL.Path)
				say(status, page)(w, r)
			}
			p.flow(t, roomAdminKey, guest, "PORTAL"+shortLink, want)
		}
	}
}

// An answer that does not tell whom the portal approved leads to no deletion.
func TestUnusableAnswer(t *testing.T) {
	for _, body := range []string{
		"", page, profile[1:], profile + "}", "null", `"response"`, "{}", `{"response":null}`, `{"response":{}}`,
		`{"response":{"id":null}}`, `{"response":{"id":""}}`, `{"response":{"id":42}}`, `{"response":{"id":["a"]}}`,
	} {
		p := newPortal(t)
		p.instead["POST"] = say(200, body)
		want := notApproved(200, body, "")
		want.failure = "the answer to the guest approval is not JSON with the guest's id"
		p.flow(t, roomAdminKey, guest, "PORTAL"+shortLink, want)
	}
}

// Without a URL, a scheme, a JSON form or a complete answer, there is an error and nothing else.
func TestFetch(t *testing.T) {
	p := newPortal(t)
	for url, payload := range map[string]any{"127.0.0.1:80": "", "portal.example": "", p.URL: func() {}} {
		if status, raw, err := fetch("HEAD", url, nil, payload); status != 0 || raw != "" || err == nil {
			t.Errorf("got %d, %q and the error %v from %s", status, raw, err, url)
		}
	}
	p.instead["POST"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		say(200, profile[:500])(w, r)
	}
	status, raw, err := fetch("POST", p.URL, nil, "")
	if status != 0 || raw != "" ||
		!errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "reading the answer: ") {
		t.Errorf("got %d, %q and the error %v", status, raw, err)
	}
}

// A call without an answer ends, and its error wraps the cause and does not show the link.
func TestTimeout(t *testing.T) {
	if client.Timeout != 30*time.Second {
		t.Errorf("got the timeout %v, want 30s", client.Timeout)
	}
	defer swap(&client.Timeout, 50*time.Millisecond)()
	p := newPortal(t)
	defer swap(&apiHost, p.URL)()
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	p.instead["HEAD"], p.instead["POST"], p.instead["DELETE"] = hang, hang, hang
	_, head := approveGuest(guest, p.URL+shortLink)
	_, post := approveGuest(guest, fullLink)
	for prefix, err := range map[string]error{
		"guest approval failed: asking where the sharing link leads: ": head,
		"guest approval failed: ":                                      post,
		"guest deletion failed: ":                                      deleteGuest(guestID),
	} {
		var cause net.Error
		if !errors.As(err, &cause) || !cause.Timeout() ||
			!strings.HasPrefix(err.Error(), prefix) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got the error %v, want it to begin with %s", err, prefix)
		}
	}
}

// TestMain lets the test binary stand in for the program, so that run can start it.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_MAIN") != "" {
		main()
		return
	}
	m.Run()
}

// run runs the program as a process with these settings alone. The portal is the proxy, too,
// so that a request to any other host ends there.
func (p *portal) run(t *testing.T, want outcome, settings ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{
		"DOCSPACE_API_HOST=" + site, "DOCSPACE_API_KEY=" + roomAdminKey,
		"DOCSPACE_GUEST_EMAIL=" + guest, "DOCSPACE_GUEST_LINK=" + site + shortLink,
		"HTTP_PROXY=" + p.URL, "HTTPS_PROXY=" + p.URL, "RUN_MAIN=1",
		"GOCOVERDIR=" + t.TempDir(), // Without it, go test -cover adds a line to standard error.
	}, settings...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Run()
	p.compare(t, stdout.String(), fmt.Sprintf("%sexit status %d", &stderr, cmd.ProcessState.ExitCode()), want)
	return stdout.String()
}

// flow does what main does, but in this process, and without ending it. In the link, PORTAL is p.
func (p *portal) flow(t *testing.T, key, email, link string, want outcome) {
	t.Helper()
	stdout, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	defer swap(&os.Stdout, stdout)()
	defer swap(&apiHost, p.URL)()
	defer swap(&apiKey, key)()
	fmt.Print(approving)
	id, err := approveGuest(email, strings.Replace(link, "PORTAL", p.URL, 1))
	if err == nil {
		fmt.Print(deleting)
		err = deleteGuest(id)
	} else if id != "" {
		t.Errorf("got the id %s beside an error", id)
	}
	printed, _ := os.ReadFile(stdout.Name())
	p.compare(t, string(printed), fmt.Sprint(err), want)
}

// compare compares what has come of a run with what was wanted.
func (p *portal) compare(t *testing.T, printed, failure string, want outcome) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	got := outcome{printed, failure, p.methods, ""}
	for account := range p.lists {
		got.list += account
	}
	if got != want || strings.Contains(printed+failure, "secret") {
		t.Errorf("got the outcome\n%+v\nwant this, without any secret\n%+v", got, want)
	}
}

// swap gives a variable another value and returns a function that puts the old one back.
func swap[T any](variable *T, value T) func() {
	old := *variable
	*variable = value
	return func() { *variable = old }
}

// portal stands in for a DocSpace portal, and answers as the server of DocSpace 3.7.2 does.
type portal struct {
	*httptest.Server
	instead map[string]http.HandlerFunc // What answers a method instead of the portal.

	mu          sync.Mutex
	lists       map[string]string // The guest on each account's list.
	methods     string            // The methods of the requests that arrived,
	dump        strings.Builder   // the requests themselves,
	connections map[string]bool   // and the addresses that they came from.
}

// newPortal starts a portal that stops when the test ends.
func newPortal(t *testing.T) *portal {
	p := &portal{instead: map[string]http.HandlerFunc{}, lists: map[string]string{}, connections: map[string]bool{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP records a request and answers it: an approval by the link, a deletion by the key and its list.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	p.methods = strings.TrimSpace(p.methods + " " + r.Method)
	p.connections[r.RemoteAddr] = true
	fmt.Fprintf(&p.dump, "%s %s\n", r.Method, r.RequestURI)
	r.Header.WriteSubset(&p.dump, map[string]bool{"Accept-Encoding": true, "Content-Length": true, "User-Agent": true})
	fmt.Fprintf(&p.dump, "%s\n", body)

	key, confirm := r.Header.Get("Authorization"), r.Header.Get("Confirm")
	account := accounts[key]
	isQuery := strings.HasPrefix(confirm, "type=GuestShareLink&")
	approve := r.Method+r.URL.Path == "POST/api/2.0/people/guests/share/approve"
	remove := r.Method+r.URL.Path == "DELETE/api/2.0/people/guests"
	answer := say(404, page)
	switch {
	case p.instead[r.Method] != nil:
		answer = p.instead[r.Method]
	case r.Method == "HEAD" && r.URL.Path == "/":
		answer = say(200, "")
	case r.Method == "HEAD":
		w.Header().Set("Location", cmp.Or(locations[r.URL.Path], site))
		answer = say(302, "")
	case approve && !isQuery && account != "", remove && key == "Bearer "+readOnlyKey:
		answer = say(403, "")
	case approve && confirm != query, remove && account == "":
		answer = say(401, "")
	case approve && !strings.Contains(string(body), "@"):
		answer = say(400, invalid)
	case approve && account == "member", remove && !strings.Contains(string(body), `["`+p.lists[account]+`"]`):
		answer = say(403, denied)
	case approve:
		if account != "owner" { // The owner sees every guest anyway; a wrong key counts as the sender's.
			p.lists[cmp.Or(account, "sender")] = guestID
		}
		answer = say(200, profile)
	case remove:
		delete(p.lists, account)
		answer = say(200, removal)
	}
	answer(w, r)
}

// say returns a handler that answers with this status and body.
func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}
