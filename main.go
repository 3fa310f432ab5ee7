// Manage-guests approves a guest who was invited to an ONLYOFFICE DocSpace
// portal through a sharing link, and then removes that guest.
//
// It takes its settings from the environment:
//
//	export DOCSPACE_API_HOST='https://yourportal.onlyoffice.com'
//	export DOCSPACE_API_KEY='your_api_key'
//	export DOCSPACE_GUEST_EMAIL='guest@example.com'
//	export DOCSPACE_GUEST_LINK='https://yourportal.onlyoffice.com/confirm/GuestShareLink?type=GuestShareLink&key=…'
//	go run main.go
//
// The exit status is 0 when both steps worked. Otherwise it is 1, and the
// reason is on standard error.
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
	"net/url"
	"os"
	"strings"
	"time"
)

// The settings. Each has a default, which you may edit, and an environment
// variable that overrides it: cmp.Or returns the first value that is not empty.
var (
	apiHost   = cmp.Or(os.Getenv("DOCSPACE_API_HOST"), "https://yourportal.onlyoffice.com")
	apiKey    = cmp.Or(os.Getenv("DOCSPACE_API_KEY"), "your_api_key")
	email     = cmp.Or(os.Getenv("DOCSPACE_GUEST_EMAIL"), "guest@example.com")
	guestLink = cmp.Or(os.Getenv("DOCSPACE_GUEST_LINK"), "")
)

// headers go out with both requests.
var headers = http.Header{
	"Authorization": {authorization(apiKey)},
	"Content-Type":  {"application/json"},
}

// authorization returns the Authorization header for key. DocSpace takes a bare
// value for an auth token, so an API key, which begins with sk-, needs Bearer.
func authorization(key string) string {
	if strings.HasPrefix(key, "sk-") {
		return "Bearer " + key
	}
	return key
}

// client gives up on a call after 30 seconds; the default client would wait
// forever. It also follows no redirect: net/http would repeat a redirected DELETE
// as a GET, whose 200 would pass for a deletion.
var client = &http.Client{
	Timeout: 30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// fetch sends payload as JSON to path on the portal and returns the status code
// and the body of the answer, whatever the status. It fails if payload has no
// JSON form, if apiHost is no valid URL, or if no complete answer arrives.
func fetch(method, path string, header http.Header, payload any) (int, string, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // JSON.stringify leaves <, > and & as they are, too.
	// Go has no exceptions: a call returns its error, and fetch hands it on.
	if err := encoder.Encode(payload); err != nil {
		return 0, "", err
	}
	body.Truncate(body.Len() - 1) // Encode ends with a newline.

	req, err := http.NewRequest(method, strings.TrimSuffix(apiHost, "/")+path, &body)
	if err != nil {
		return 0, "", err
	}
	req.Header = header
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	// A body that is read to its end and closed frees the connection for the next call.
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", fmt.Errorf("reading the answer: %w", err)
	}
	return res.StatusCode, string(raw), nil
}

// approveGuest is step 1. It sends a POST with the email of a guest invited
// through a sharing link, prints the answer, and returns the guest's id. It
// fails if guestLink has no query, if no answer arrives, if the status is not
// 2xx, or if the answer holds no id.
func approveGuest(email string) (string, error) {
	header := headers.Clone()
	if guestLink != "" {
		link, err := url.Parse(guestLink)
		if err != nil || link.RawQuery == "" {
			// The link is a secret, and err quotes it, so neither is in the message.
			return "", errors.New("guest approval failed: DOCSPACE_GUEST_LINK has no query: open the link in a browser and copy the long address that it leads to")
		}
		header.Set("Confirm", link.RawQuery)
	}
	payload := map[string]string{"email": email}
	status, raw, err := fetch(http.MethodPost, "/api/2.0/people/guests/share/approve", header, payload)
	if err != nil {
		return "", fmt.Errorf("guest approval failed: %w", err)
	}
	fmt.Println("Status Code:", status)
	fmt.Println("Raw Response:", raw)
	// Integer division makes every 2xx a 2, so this is the sample's !res.ok.
	if status/100 != 2 {
		return "", fmt.Errorf("guest approval failed. Status code: %d, Message: %s", status, raw)
	}

	// A map tells "id" from "ID", which a struct would not, and UseNumber keeps
	// the digits of a long id, which a float64 would round.
	var data map[string]any
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.UseNumber()
	// Decode stops after the first JSON value, so Valid looks at the whole body.
	if err := decoder.Decode(&data); err != nil || !json.Valid([]byte(raw)) {
		return "", errors.New("unusable answer to guest approval: not a JSON object")
	}
	guest, ok := data["response"].(map[string]any)
	if !ok {
		return "", errors.New(`unusable answer to guest approval: "response" is not an object`)
	}
	// The id is a string or a whole number, which 1.0 and 1e3 are not.
	var id string
	switch value := guest["id"].(type) {
	case string:
		id = value
	case json.Number:
		if !strings.ContainsAny(value.String(), ".eE") {
			id = value.String()
		}
	}
	if id == "" {
		return "", errors.New(`unusable answer to guest approval: "id" is missing, empty, or neither a string nor a whole number`)
	}
	// A field that is missing prints as it does in JavaScript.
	fmt.Printf("Approved guest: %v (%v)\n", cmp.Or(guest["displayName"], "undefined"), cmp.Or(guest["email"], "undefined"))
	return id, nil
}

// deleteGuest is step 2. It sends a DELETE with the guest's id and prints the
// answer. It fails if no answer arrives or if the status is not 2xx.
func deleteGuest(userID string) error {
	// A struct, because its fields go out in this order and a map's would be sorted.
	payload := struct {
		UserIDs   []string `json:"userIds"`
		ResendAll bool     `json:"resendAll"`
	}{UserIDs: []string{userID}, ResendAll: false}
	status, raw, err := fetch(http.MethodDelete, "/api/2.0/people/guests", headers, payload)
	if err != nil {
		return fmt.Errorf("guest deletion failed: %w", err)
	}
	fmt.Println("Status Code (delete):", status)
	fmt.Println("Raw Response (delete):", raw)
	if status/100 != 2 {
		return fmt.Errorf("guest deletion failed. Status code: %d, Message: %s", status, raw)
	}
	fmt.Printf("Guest with ID %s deleted successfully.\n", userID)
	return nil
}

// main runs the guest management flow and stops at the first step that fails.
func main() {
	// log.Fatal prints to standard error and exits with 1. Without flags it adds no date.
	log.SetFlags(0)

	// In two parts, so that replacing the placeholder throughout this file leaves the check alone.
	if strings.Contains(apiHost, "//your"+"portal.onlyoffice.com") {
		log.Fatal(apiHost, " is a placeholder: set DOCSPACE_API_HOST, DOCSPACE_API_KEY, DOCSPACE_GUEST_EMAIL and DOCSPACE_GUEST_LINK, or edit their defaults at the top of main.go")
	}

	fmt.Println("Approving guest...")
	guestID, err := approveGuest(email)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("\nDeleting guest...")
	if err := deleteGuest(guestID); err != nil {
		log.Fatal(err)
	}
}
