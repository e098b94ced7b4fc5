# The images of the Go programs: one static binary each, nothing else. `make build` leaves the binaries in bin/.
#   docker build --target manager -t stratbox.dev/manager:dev .

FROM scratch AS manager
COPY bin/manager /manager
USER 65532:65532
ENTRYPOINT ["/manager"]

FROM scratch AS profile-installer
COPY bin/profile-installer /profile-installer
USER 65532:65532
ENTRYPOINT ["/profile-installer"]
