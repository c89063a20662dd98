use jiff::civil::{date, time};

use super::*;

/// A Monday.
fn today() -> Date {
    date(2026, 11, 30)
}

fn calendar(tag: &str) -> &'static dyn Calendar {
    of(Language::parse(tag).unwrap())
}

fn said(tag: &str, day: Date, hour: i8, minute: i8) -> String {
    moment(calendar(tag), (day, time(hour, minute, 0, 0)), today())
}

#[test]
fn a_day_and_a_time_are_said_as_people_say_them() {
    let day = date(2026, 12, 8);
    for (tag, expected) in [
        ("en", "on Tuesday, December 8th, at half past ten in the morning"),
        ("en-US", "on Tuesday, December 8th, at half past ten in the morning"),
        ("en-GB", "on Tuesday the 8th of December at half past ten in the morning"),
        ("de", "am Dienstag, dem 8. Dezember, um 10 Uhr 30"),
        ("fr", "le mardi 8 décembre à 10 h 30"),
        ("es", "el martes 8 de diciembre a las diez y media de la mañana"),
        ("pt-BR", "na terça-feira, dia 8 de dezembro, às dez e meia da manhã"),
        ("pt-PT", "na terça-feira, dia 8 de dezembro, às dez e meia da manhã"),
        ("ru", "во вторник, 8 декабря, в 10:30 утра"),
        ("ja", "12月8日火曜日の午前10時半"),
        ("ko", "12월 8일 화요일 오전 10시 30분"),
        ("zh-CN", "12月8日星期二上午10点半"),
        ("zh-TW", "12月8日星期二上午10點半"),
        ("it", "2026-12-08 10:30"),
    ] {
        assert_eq!(said(tag, day, 10, 30), expected, "{tag}");
    }
}

#[test]
fn tomorrow_at_eight_in_the_evening_is_said_so() {
    let day = date(2026, 12, 1);
    for (tag, expected) in [
        ("en", "tomorrow at eight in the evening"),
        ("en-GB", "tomorrow at eight in the evening"),
        ("de", "morgen um 20 Uhr"),
        ("fr", "demain à 20 heures"),
        ("es", "mañana a las ocho de la noche"),
        ("pt-BR", "amanhã às oito da noite"),
        ("pt-PT", "amanhã às oito da noite"),
        ("ru", "завтра в 8 часов вечера"),
        ("ja", "明日午後8時"),
        ("ko", "내일 저녁 8시"),
        ("zh-CN", "明天晚上8点"),
        ("zh-TW", "明天晚上8點"),
    ] {
        assert_eq!(said(tag, day, 20, 0), expected, "{tag}");
    }
    assert_eq!(said("en", today(), 12, 0), "today at noon");
}

#[test]
fn the_first_of_a_month_is_said_by_language_and_country() {
    let day = |tag: &str| day_alone(calendar(tag), date(2027, 2, 1), today());
    assert_eq!(day("en"), "on Monday, February 1st");
    assert_eq!(day("en-AU"), "on Monday the 1st of February");
    assert_eq!(day("fr"), "le lundi 1er février");
    assert_eq!(day("pt"), "na segunda-feira, dia 1º de fevereiro");
    assert_eq!(day("pt-AO"), "na segunda-feira, dia 1 de fevereiro");
    assert_eq!(day("ja"), "2月1日月曜日");
    let ordinals: Vec<_> = [2, 3, 4, 11, 12, 13, 21, 22, 23, 31]
        .map(|number| calendar("en").date(date(2027, 1, number)))
        .into_iter()
        .map(|date| date.trim_end_matches(',').rsplit(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(ordinals, ["2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st"]);
}

#[test]
fn odd_minutes_and_single_hours_are_said_right() {
    let at = |tag: &str, hour, minute| calendar(tag).time(time(hour, minute, 0, 0));
    assert_eq!(at("en-US", 16, 20), "at 4:20 PM");
    assert_eq!(at("en-GB", 16, 20), "at 4:20 in the afternoon");
    assert_eq!(at("en", 11, 45), "at a quarter to twelve in the morning");
    assert_eq!(at("de", 9, 5), "um 9 Uhr 5");
    assert_eq!(at("fr", 9, 5), "à 9 h 05");
    assert_eq!(at("fr", 1, 0), "à 1 heure");
    assert_eq!(at("es", 13, 0), "a la una de la tarde");
    assert_eq!(at("es", 16, 20), "a las 4:20 de la tarde");
    assert_eq!(at("pt", 13, 0), "à uma da tarde");
    assert_eq!(at("pt", 12, 0), "ao meio-dia");
    assert_eq!(at("pt", 16, 20), "às 16h20");
    assert_eq!(at("ru", 13, 0), "в час дня");
    assert_eq!(at("ru", 15, 0), "в 3 часа дня");
    assert_eq!(at("ja", 9, 5), "午前9時5分");
    assert_eq!(at("ko", 12, 0), "정오");
    assert_eq!(at("zh", 12, 15), "中午12点15分");
}

#[test]
fn opening_hours_are_said_with_their_days() {
    use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};
    let hours = time(9, 0, 0, 0)..time(17, 0, 0, 0);
    let work = [Monday, Tuesday, Wednesday, Thursday, Friday];
    for (tag, run, list) in [
        (
            "en",
            "Monday to Friday, from nine in the morning to five in the afternoon",
            "on Mondays and Saturdays, from nine in the morning to five in the afternoon",
        ),
        ("de", "montags bis freitags von 9 Uhr bis 17 Uhr", "montags und samstags von 9 Uhr bis 17 Uhr"),
        (
            "fr",
            "du lundi au vendredi, de 9 heures à 17 heures",
            "le lundi et le samedi, de 9 heures à 17 heures",
        ),
        (
            "es",
            "de lunes a viernes, de las nueve de la mañana a las cinco de la tarde",
            "los lunes y los sábados, de las nueve de la mañana a las cinco de la tarde",
        ),
        (
            "pt",
            "de segunda-feira a sexta-feira, das nove da manhã às cinco da tarde",
            "na segunda-feira e no sábado, das nove da manhã às cinco da tarde",
        ),
        ("ru", "с понедельника по пятницу, с 9 до 17 часов", "в понедельник и в субботу, с 9 до 17 часов"),
        ("ja", "月曜日から金曜日の午前9時から午後5時まで", "月曜日と土曜日の午前9時から午後5時まで"),
        (
            "ko",
            "월요일부터 금요일까지 오전 9시부터 오후 5시까지",
            "월요일과 토요일 오전 9시부터 오후 5시까지",
        ),
        ("zh", "星期一到星期五上午9点到下午5点", "星期一和星期六上午9点到下午5点"),
    ] {
        assert_eq!(opening(calendar(tag), &work, &hours), run, "{tag}");
        assert_eq!(opening(calendar(tag), &[Saturday, Monday], &hours), list, "{tag}");
    }
    assert_eq!(opening(calendar("de"), &[], &hours), "täglich von 9 Uhr bis 17 Uhr");
    let late = time(9, 0, 0, 0)..time(21, 0, 0, 0);
    assert_eq!(opening(calendar("ru"), &[], &late), "ежедневно, с 9 до 21 часа");
}
