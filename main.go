// Manage-guests approves a guest of an ONLYOFFICE DocSpace portal, which puts them
// on your list of guests, and then deletes them from that list. They lose all rooms
// and files that you have ever shared with them, and nothing brings these back. Their
// account stays. It is ONLYOFFICE's sample "Manage a guest user" in Go.
//
// You are the room admin whose API key it uses; the key needs Write for Contacts.
// Somebody else who sees the guest on the portal, such as another room admin, sends
// you the guest's sharing link, which works for seven days: Contacts → Guests → the
// guest's menu → Share guest.
//
//	export DOCSPACE_API_HOST='https://yourportal.onlyoffice.com'
//	export DOCSPACE_API_KEY='your_api_key'
//	export DOCSPACE_GUEST_EMAIL='guest@example.com'
//	export DOCSPACE_GUEST_LINK='https://yourportal.onlyoffice.com/s/…'
//	go run main.go
//
// The exit status is 0 if both steps worked, and 1 if not; standard error says why.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode"
)

// The settings. Edit the defaults, or set the environment variables, which win. The
// placeholders of the host and the key count as empty.
var (
	apiHost    = strings.TrimRight(setting("DOCSPACE_API_HOST", "https://yourportal.onlyoffice.com"), "/")
	apiKey     = setting("DOCSPACE_API_KEY", "your_api_key")
	guestEmail = setting("DOCSPACE_GUEST_EMAIL", "guest@example.com")
	guestLink  = setting("DOCSPACE_GUEST_LINK", "") // A mock server can do without; a portal refuses.
)

// headers returns the headers of both requests, in a new map each time, because
// approveGuest adds a header. A portal reads an API key only after the word Bearer.
// A value with a space in it has such a word already and goes as it is.
func headers() http.Header {
	authorization := apiKey
	if !strings.Contains(apiKey, " ") {
		authorization = "Bearer " + apiKey
	}
	// A header can have several values, hence the inner braces.
	return http.Header{
		"Authorization": {authorization},
		"Content-Type":  {"application/json"},
	}
}

// approveGuest is step 1. It sends a POST with the guest's email and, in the header
// Confirm, the query of their sharing link, prints the answer and returns the guest's
// id. A link to another guest approves that guest, and is an error.
func approveGuest(email, link string) (string, error) {
	url := apiHost + "/api/2.0/people/guests/share/approve"
	header := headers()
	if link != "" {
		query, err := linkQuery(link)
		// Go has no exceptions: a function returns an error beside its result, nil if
		// all went well. Errorf makes a new one, with the old one in the place of %w.
		if err != nil {
			return "", fmt.Errorf("guest approval failed: %w", err)
		}
		header.Set("Confirm", query)
	}
	// Go has no fetch: ours stands further down, and sends its last argument as JSON.
	status, raw, err := fetch(http.MethodPost, url, header, map[string]any{"email": email})
	if err != nil {
		return "", fmt.Errorf("guest approval failed, or only its answer was lost: %w", err)
	}
	fmt.Println("Status Code:", status)
	fmt.Println("Raw Response:", raw)
	if status < 200 || status > 299 {
		// The printed line is the sample's. The error, for the caller, says what to check.
		fmt.Printf("Guest approval failed. Status code: %d, Message: %s\n", status, raw)
		return "", fmt.Errorf("guest approval failed with status %d%s", status, approvalHint(status, raw, link))
	}

	// Unmarshal fills only fields that begin with a capital; the backquotes hold
	// their names in the JSON.
	var data struct {
		Response struct {
			ID          string `json:"id"`
			DisplayName string `json:"displayName"`
			Email       string `json:"email"`
		} `json:"response"`
	}
	err = json.Unmarshal([]byte(raw), &data) // &data is a pointer: Unmarshal fills data.
	if err != nil || data.Response.ID == "" {
		return "", errors.New("guest approval gave no JSON with an id: check that a portal answered, not a sign-in page or filter")
	}
	guest := data.Response
	fmt.Printf("Approved guest: %s (%s)\n", guest.DisplayName, guest.Email)
	// Since DocSpace 3.5, the portal approves the link's guest, whatever the email, so
	// another guest's link, left from before, must not end in a deletion. EqualFold
	// ignores upper and lower case, and %q shows characters that one cannot see.
	if link != "" && !strings.EqualFold(guest.Email, email) {
		return "", fmt.Errorf("approved another guest: the sharing link is for %q, not for %q", guest.Email, email)
	}
	return guest.ID, nil
}

// deleteGuest is step 2. It sends a DELETE with the guest's id and prints the answer.
// The guest leaves your list and loses, for good, all that you have shared with them.
func deleteGuest(userID string) error {
	url := apiHost + "/api/2.0/people/guests"
	payload := map[string]any{"userIds": []string{userID}, "resendAll": false}
	status, raw, err := fetch(http.MethodDelete, url, headers(), payload)
	if err != nil {
		return fmt.Errorf("guest deletion failed, or only its answer was lost: %w", err)
	}
	fmt.Println("Status Code (delete):", status)
	fmt.Println("Raw Response (delete):", raw)
	if status < 200 || status > 299 {
		fmt.Printf("Guest deletion failed. Status code: %d, Message: %s\n", status, raw)
		return fmt.Errorf("guest deletion failed with status %d%s", status, deletionHint(status, raw))
	}
	fmt.Printf("Guest with ID %s deleted successfully.\n", userID)
	return nil
}

// main runs the guest management flow and stops at the first step that fails.
func main() {
	// log.Fatal prints to standard error and exits with 1; without flags it adds no date.
	log.SetFlags(0)
	if apiHost == "" {
		log.Fatal("DOCSPACE_API_HOST is empty or still the placeholder")
	}
	if apiKey == "" {
		log.Fatal("DOCSPACE_API_KEY is empty or still the placeholder")
	}

	fmt.Println("Approving guest...")
	guestID, err := approveGuest(guestEmail, guestLink)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("\nDeleting guest...")
	err = deleteGuest(guestID)
	if err != nil {
		log.Fatal(err)
	}
}

// setting returns the value of an environment variable, or the fallback if it is empty
// or not set. It strips the spaces, quotes, angle brackets and invisible characters that
// pasting leaves around a value. It makes the placeholders empty, because
// yourportal.onlyoffice.com may be somebody's portal.
func setting(variable, fallback string) string {
	value := cmp.Or(os.Getenv(variable), fallback) // This is JavaScript's ||.
	value = strings.TrimFunc(value, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(" \"'“”„‘’‚<>", r)
	})
	lower := strings.ToLower(value)
	// Split in two, so that replacing the placeholders throughout this file spares this check.
	if strings.Contains(lower, "//your"+"portal.onlyoffice.com") || strings.Contains(lower, "your"+"_api_key") {
		return ""
	}
	return value
}

// client gives up on a call after 30 seconds, where the default client waits for
// as long as it takes. It follows no redirect: net/http can turn a redirected
// DELETE into a GET, whose 200 would pass for a deletion.
var client = &http.Client{
	Timeout: 30 * time.Second,
	CheckRedirect: func(_ *http.Request, _ []*http.Request) error {
		return http.ErrUseLastResponse // The caller gets the redirect as the answer.
	},
}

// fetch sends payload as JSON and returns the status and the body of the answer,
// whatever the status. It fails without a key, and if no complete answer arrives.
func fetch(method, url string, header http.Header, payload any) (int, string, error) {
	// Without a key, a link would put the guest on the list of whoever made it.
	if apiKey == "" {
		return 0, "", errors.New("the key is empty or still the placeholder")
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(body)) // := declares req and reuses err.
	if err != nil {
		return 0, "", err
	}
	req.Header = header
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close() // This runs when fetch returns.
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", fmt.Errorf("reading the answer with status %d: %w", res.StatusCode, err)
	}
	return res.StatusCode, string(raw), nil
}

// linkQuery returns the query of a guest's full sharing link. The portal shows a short
// link, which redirects to the full one, and proxies and mail filters add redirects of
// their own. So it sends a GET, without the key, to one address after the other, and
// follows five redirects at most. The errors written here leave out the link, which is
// a secret, but net/http quotes a Location that is no URL.
func linkQuery(link string) (string, error) {
	for redirects := 0; ; redirects++ {
		req, err := http.NewRequest(http.MethodGet, link, nil)
		if err != nil {
			return "", errors.New("the sharing link is not a URL")
		}
		if req.URL.Query().Get("type") == "GuestShareLink" {
			return req.URL.RawQuery, nil
		}
		res, err := client.Do(req)
		if err != nil {
			// The client's error begins with the link and wraps the cause.
			return "", fmt.Errorf("asking where the sharing link leads: %w", errors.Unwrap(err))
		}
		res.Body.Close()
		location, err := res.Location()
		if err != nil || redirects == 5 {
			return "", fmt.Errorf("the sharing link leads to no guest, but to status %d: it has to come from Share guest",
				res.StatusCode)
		}
		link = location.String()
	}
}

// approvalHint returns the cause of a refused approval, or nothing if it is not known.
func approvalHint(status int, raw, link string) string {
	switch { // Of the cases, the first that is true counts.
	case status == 301 || status == 302 || status == 307 || status == 308 || status == 405:
		return ": check that the host is the portal's address alone, with the right https:// or http://"
	case status == 401 && link == "":
		return ": the key is not valid"
	case status == 401:
		return ": the sharing link was refused, not the key: it is over seven days old, incomplete or another portal's, " +
			"or its sender or guest is not active any more"
	case status == 403 && strings.Contains(raw, "Access denied"):
		return ": the key's owner has the role User or Guest; it takes a room admin's key"
	case status == 403 && raw != "":
		return ": the response says why"
	case status == 403 && link == "":
		return ": no sharing link was given"
	case status == 404 && strings.Contains(raw, "User not found"):
		return ": nobody on the portal has that email"
	case status == 404:
		return ": the host is no portal's address, or the portal is suspended"
	case status == 500:
		return ": the portal cannot read the sharing link (incomplete, or another installation's), or the host is no portal's address"
	}
	return ""
}

// deletionHint returns the cause of a refused deletion, or nothing if it is not known.
func deletionHint(status int, raw string) string {
	switch {
	case status == 401:
		return ": the key is not valid; the approval went by the link alone, " +
			"and put the guest on the list of the link's sender, not on yours"
	case status == 402:
		return ": the portal is not paid for, or has no licence"
	case status == 403 && raw == "":
		return ": the key lacks Write for Contacts (accounts:write)"
	case status == 403 && strings.Contains(raw, "Access denied"):
		return ": the key is the owner's or a DocSpace admin's, not a room admin's, or the guest is not on your list"
	case status == 403:
		return ": the response says why"
	case status >= 500:
		return ": the portal may have deleted the guest all the same"
	}
	return ""
}
