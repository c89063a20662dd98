//! Reservations from the worker's side: what is offered to one worker.
//!
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Reservations`
//! - `GET /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Reservations/{ReservationSid}`
//! - `POST /v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Reservations/{ReservationSid}`
//!
//! See Twilio's page "Worker Reservation Resource".

use super::InWorkspace;
use super::reservation::{Reservation, ReservationStatus, UpdateReservation};
use crate::ask::{self, lists};
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::{ReservationSid, WorkerSid};

impl<'a> InWorkspace<'a> {
    /// Lists the reservations of a worker.
    pub fn worker_reservations(&self, worker: &WorkerSid) -> ListWorkerReservations<'a> {
        let request = self.of(Request::get(ALL)).fill("WorkerSid", worker.as_str());
        ListWorkerReservations::new(self.client, request)
    }

    /// Reads a reservation of a worker.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn worker_reservation(
        &self,
        worker: &WorkerSid,
        reservation: &ReservationSid,
    ) -> Result<Reservation> {
        let request = self.of(Request::get(ONE)).fill("WorkerSid", worker.as_str());
        ask::read(self.client, request.fill("ReservationSid", reservation.as_str())).await
    }

    /// Accepts or rejects a reservation as the worker, or says how to connect caller and worker.
    pub fn update_worker_reservation(
        &self,
        worker: &WorkerSid,
        reservation: &ReservationSid,
    ) -> UpdateReservation<'a> {
        let request = self.of(Request::post(ONE, Form::new())).fill("WorkerSid", worker.as_str());
        UpdateReservation::new(self.client, request.fill("ReservationSid", reservation.as_str()))
    }
}

lists! {
    /// Reservations of a worker, from [`InWorkspace::worker_reservations`].
    ListWorkerReservations of Reservation {
        /// Those that have come this far.
        status: &ReservationStatus = "ReservationStatus",
    }
}

const ALL: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Reservations";
const ONE: &str = "/v1/Workspaces/{WorkspaceSid}/Workers/{WorkerSid}/Reservations/{ReservationSid}";
