-- People, venues, events and their price categories. Everything follows from the row's number, so the same size gives the same database.
-- The temporary table size says how much is wanted and what time it is.

create function pg_temp.pick(id bigint, salt integer, choices integer) returns integer
    language sql immutable
    return ((hashint8extended(id, salt) & 2147483647) % choices)::integer;

create temp table word as
select array['Asha', 'Rohan', 'Priya', 'Arjun', 'Meera', 'Vikram', 'Ananya', 'Karthik', 'Sneha', 'Rahul', 'Divya', 'Aditya', 'Kavya', 'Sanjay', 'Nandini',
             'Imran', 'Fatima', 'Gurpreet', 'Harleen', 'Joseph', 'Mary', 'Tenzin', 'Lalitha', 'Suresh', 'Pooja', 'Manish', 'Deepa', 'Farhan', 'Ishita', 'Nikhil'] as given,
       array['Sharma', 'Iyer', 'Patel', 'Reddy', 'Nair', 'Singh', 'Das', 'Banerjee', 'Khan', 'Gupta', 'Joshi', 'Kulkarni', 'Menon', 'Chatterjee', 'Fernandes',
             'Rao', 'Mehta', 'Bhat', 'Pillai', 'Desai', 'Kaur', 'Mishra', 'Verma', 'Naidu', 'Ghosh', 'Thomas', 'Saxena', 'Chauhan', 'Sethi', 'Hegde'] as family,
       array['Monsoon', 'Midnight', 'Saffron', 'Golden', 'Electric', 'Banyan', 'Himalayan', 'Coastal', 'Indigo', 'Lotus', 'Jasmine', 'Velvet', 'Cinnamon', 'Marigold',
             'Peacock', 'Silver', 'Desert', 'Riverside', 'Starlight', 'Wild', 'Emerald', 'Crimson', 'Temple', 'Bazaar', 'Rickshaw', 'Tamarind', 'Cardamom', 'Turmeric',
             'Deccan', 'Malabar', 'Konkan', 'Bengal', 'Rajasthani', 'Punjabi', 'Kashmiri', 'Nilgiri', 'Sundarban', 'Ganga', 'Kaveri', 'Narmada'] as colour,
       array['Raga', 'Qawwali', 'Carnatic', 'Hindustani', 'Fusion', 'Bollywood', 'Indie', 'Jazz', 'Folk', 'Rock', 'Techno', 'Sufi', 'Bhangra', 'Ghazal', 'Classical',
             'Acoustic', 'Sitar', 'Tabla', 'Veena', 'Violin', 'Stand-up', 'Improv', 'Kathak', 'Bharatanatyam', 'Odissi', 'Puppet', 'Shadow', 'Cricket', 'Kabaddi', 'Football',
             'Badminton', 'Startup', 'Design', 'Developer', 'Poetry', 'Photography', 'Pottery', 'Cooking', 'Yoga', 'Film'] as genre,
       array['Nights', 'Festival', 'Sessions', 'Evening', 'Tour', 'Live', 'Weekender', 'Gala', 'Summit', 'Workshop', 'Cup', 'League', 'Carnival', 'Showcase', 'Unplugged',
             'Symposium', 'Retreat', 'Marathon', 'Jam', 'Recital', 'Conclave', 'Exhibition', 'Premiere', 'Reunion', 'Celebration'] as kind,
       array['संगीत', 'सुरीली', 'बसंत', 'सावन', 'रंगीन', 'लोक', 'शास्त्रीय', 'हास्य', 'काव्य', 'नृत्य', 'मराठी', 'भक्ति', 'ग़ज़ल', 'क़व्वाली', 'दीपावली'] as devanagari,
       array['शाम', 'महोत्सव', 'संध्या', 'मेला', 'समारोह', 'यात्रा', 'रात', 'सम्मेलन'] as occasion,
       array['Sea Link Live', 'Western Events', 'Mehfil Foundation', 'Kaveri Players', 'Punchline Collective', 'Lowend Delhi', 'Coromandel Culture Trust', 'Pune User Groups',
             'Haath Studio', 'Northern Lights Productions', 'Malabar Arts Society', 'Howrah Stage Company', 'Pink City Promoters', 'Silicon Stage', 'Nawab Concerts',
             'Spice Route Entertainment', 'Banyan Tree Presents', 'Ganga Jamuna Arts', 'Charminar Shows', 'Lake Palace Events'] as organiser,
       array['concert', 'sports', 'theater', 'comedy', 'conference', 'workshop', 'festival', 'exhibition', 'other'] as category,
       array['Mumbai', 'Delhi', 'Bengaluru', 'Chennai', 'Kolkata', 'Hyderabad', 'Pune', 'Ahmedabad', 'Jaipur', 'Lucknow', 'Kochi', 'Goa', 'Chandigarh', 'Indore', 'Nagpur',
             'Guwahati', 'Bhopal', 'Mysuru', 'Surat', 'Varanasi'] as city,
       array['Maharashtra', 'Delhi', 'Karnataka', 'Tamil Nadu', 'West Bengal', 'Telangana', 'Maharashtra', 'Gujarat', 'Rajasthan', 'Uttar Pradesh', 'Kerala', 'Goa', 'Chandigarh',
             'Madhya Pradesh', 'Maharashtra', 'Assam', 'Madhya Pradesh', 'Karnataka', 'Gujarat', 'Uttar Pradesh'] as state,
       array['Arena', 'Auditorium', 'Theatre', 'Lawns', 'Stadium', 'Club', 'Hall', 'Forum', 'Amphitheatre', 'Convention Centre', 'Gardens', 'Fort', 'Ghat', 'Pavilion', 'Warehouse'] as place,
       array['An evening that begins with a single instrument and ends with forty people on stage.',
             'The artists have spent a year travelling through villages to collect the songs you will hear.',
             'Doors open an hour before the start; please carry a government identity card.',
             'Food stalls from six neighbourhoods serve until midnight, with plenty for vegetarians.',
             'The programme has one interval, and nobody is let in during the first ten minutes of each half.',
             'Families are welcome, and children under five sit free on a lap.',
             'The venue has step-free entrances, and the staff will help you to find your seat.',
             'Parking is limited: take the metro, which runs late on the night.',
             'This is the only performance of the season in the city, and it will not be broadcast.',
             'Translations are projected above the stage in English and in Hindi.',
             'Expect improvisation, long silences and sudden bursts of rhythm.',
             'The proceeds support a school for young musicians in the district.',
             'Cameras without flash are allowed during the first song only.',
             'Critics called the premiere tender, funny and quietly furious.',
             'Bring a shawl: the evening is in the open air and the breeze comes from the river.',
             'Participants take home what they have made, and the recipe for the dye.',
             'Speakers include engineers, economists and the mayor of a small town that changed everything.',
             'The final is played under floodlights and decided by penalties if need be.',
             'Costumes were woven by hand over eleven months by a cooperative of forty weavers.',
             'Merchandise is sold at the north gate; cards and UPI are accepted everywhere.',
             'कार्यक्रम हिंदी और अंग्रेज़ी में होगा, और सभी का स्वागत है।',
             'Please arrive early, because security checks take time when the house is full.'] as sentence;

insert into account (id, username, email, phone, full_name, role, is_verified, is_phone_verified, is_blocked, tokens_valid_from, last_login_at, created_at)
overriding system value
select number,
       lower(person.given) || '.' || lower(person.family) || number,
       lower(person.given) || '.' || lower(person.family) || number || '@example.in',
       case when pg_temp.pick(number, 3, 3) > 0 then '+919' || lpad(number::text, 9, '0') end,
       case when pg_temp.pick(number, 4, 10) > 0 then person.given || ' ' || person.family end,
       case when number <= 5 then 'admin' else 'user' end,
       true,
       pg_temp.pick(number, 6, 3) = 0,
       number > 5 and pg_temp.pick(number, 7, 200) = 0,
       date_trunc('second', joined),
       case when pg_temp.pick(number, 8, 4) > 0 then joined + (size.now - joined) * (pg_temp.pick(number, 9, 1000) / 1000.0) end,
       joined
from   size
cross join word
cross join generate_series(1, size.accounts) as number
cross join lateral (
    select word.given[1 + pg_temp.pick(number, 1, cardinality(word.given))] as given,
           word.family[1 + pg_temp.pick(number, 2, cardinality(word.family))] as family,
           size.now - interval '730 days' * (1 - number::double precision / size.accounts) as joined) as person;

insert into venue (id, name, address, city, state, country, pincode, capacity, time_zone, created_at)
overriding system value
select number,
       word.colour[1 + pg_temp.pick(number, 1, cardinality(word.colour))] || ' ' || word.place[1 + pg_temp.pick(number, 2, cardinality(word.place))],
       number || ' Mahatma Gandhi Road',
       word.city[1 + number % 20], word.state[1 + number % 20], 'India', (400000 + number)::text, 5000,
       case when number % 50 = 0 then 'Asia/Dubai' else 'Asia/Kolkata' end,
       size.now - interval '800 days'
from   size
cross join word
cross join generate_series(1, size.venues) as number;

-- Every booking pattern of 14 places fits each category but the last, so no booking ever straddles two of them.
create temp table tier (house integer, place integer, name text, seats integer, seating_type text, factor numeric);
insert into tier
values (0, 1, 'Stalls', 56, 'assigned', 2), (0, 2, 'Balcony', 84, 'assigned', 1),
       (1, 1, 'Early entry', 70, 'general', 1), (1, 2, 'Any time', 98, 'general', 1.5),
       (2, 1, 'Front', 42, 'assigned', 3), (2, 2, 'Standing', 84, 'general', 1), (2, 3, 'Box', 14, 'assigned', 5),
       (3, 1, 'Place', 28, 'general', 1),
       (9, 1, 'Platinum', 1498, 'assigned', 4), (9, 2, 'Gold', 1498, 'assigned', 2), (9, 3, 'Silver', 2004, 'assigned', 1);

create temp table house as
select house, sum(seats)::integer as capacity, sum(seats)::integer / 14 * 8 as most_bookings
from   tier
group by house;

create temp table programme as
select id,
       house.house,
       house.capacity,
       starts,
       starts - interval '200 days' as opens,
       starts - interval '1 hour' as closes,
       case when big then 'published'
            when starts < size.now - interval '6 hours' then case when pg_temp.pick(id, 22, 100) < 3 then 'cancelled' else 'completed' end
            else case when pg_temp.pick(id, 22, 100) < 3 then 'cancelled' when pg_temp.pick(id, 22, 100) < 8 then 'draft' else 'published' end
       end as status,
       case when house.house = 3 and pg_temp.pick(id, 23, 10) = 0 then 0 else (1 + pg_temp.pick(id, 24, 20)) * 15000 end as price,
       -- One event in fifty is sold out to the last pattern.
       case when big then 1600 + pg_temp.pick(id, 25, 900)
            when id % 50 = 3 then house.most_bookings
            else house.most_bookings * (55 + pg_temp.pick(id, 26, 46)) / 100
       end as bookings
from   size
cross join generate_series(1, size.events) as id
cross join lateral (select id % (size.events / size.big_events) = 1 % (size.events / size.big_events) as big) as grand
cross join lateral (
    select date_trunc('day', size.now)
           + case when big then 10 + pg_temp.pick(id, 20, 60) else pg_temp.pick(id, 20, 780) - 600 end * interval '1 day'
           + (pg_temp.pick(id, 21, 8) * 30 + 750) * interval '1 minute' as starts) as evening
join   house on house.house = case when big then 9 else pg_temp.pick(id, 27, 4) end;

insert into event (
    id, title, slug, short_description, description, terms_and_conditions, category, venue_id, time_zone, event_date, event_end_date, booking_start_date, booking_end_date,
    status, banner_image_url, thumbnail_image_url, organizer_name, organizer_contact, max_tickets_per_booking, refund_type, refund_hours_before, refund_percent,
    published_at, cancelled_at, created_by, created_at)
overriding system value
select e.id,
       named.title,
       coalesce(nullif(trim(both '-' from lower(regexp_replace(named.title, '[^A-Za-z0-9]+', '-', 'g'))), ''), 'event') || '-' || e.id,
       word.sentence[1 + pg_temp.pick(e.id, 37, cardinality(word.sentence))],
       told.description,
       'Tickets are valid for the named date only. The organiser may change the programme. Outside food is not allowed. Right of admission reserved.',
       word.category[1 + pg_temp.pick(e.id, 38, 9)],
       venue.id, venue.time_zone, e.starts, e.starts + interval '3 hours', e.opens, e.closes, e.status,
       '/uploads/banner-' || e.id || '.jpg', '/uploads/thumbnail-' || e.id || '.jpg',
       word.organiser[1 + pg_temp.pick(e.id, 39, cardinality(word.organiser))], 'box-office@example.in', 10,
       case when e.id % 10 = 0 then 'none' else 'full_until' end, 24, 100,
       case when e.status <> 'draft' then e.opens - interval '1 day' end,
       case when e.status = 'cancelled' then least(size.now, e.starts) - interval '1 day' end,
       1 + e.id % 5,
       e.opens - interval '10 days'
from   size
cross join word
cross join programme as e
join   venue on venue.id = 1 + pg_temp.pick(e.id, 30, size.venues)
cross join lateral (
    select case when pg_temp.pick(e.id, 31, 20) = 0
                then word.devanagari[1 + pg_temp.pick(e.id, 32, cardinality(word.devanagari))] || ' ' || word.occasion[1 + pg_temp.pick(e.id, 33, cardinality(word.occasion))]
                     || ': ' || word.given[1 + pg_temp.pick(e.id, 34, cardinality(word.given))]
                when pg_temp.pick(e.id, 31, 20) < 8
                then word.given[1 + pg_temp.pick(e.id, 34, cardinality(word.given))] || ' ' || word.family[1 + pg_temp.pick(e.id, 35, cardinality(word.family))]
                     || ': ' || word.genre[1 + pg_temp.pick(e.id, 32, cardinality(word.genre))] || ' ' || word.kind[1 + pg_temp.pick(e.id, 33, cardinality(word.kind))]
                else word.colour[1 + pg_temp.pick(e.id, 36, cardinality(word.colour))] || ' ' || word.genre[1 + pg_temp.pick(e.id, 32, cardinality(word.genre))]
                     || ' ' || word.kind[1 + pg_temp.pick(e.id, 33, cardinality(word.kind))] || ', ' || venue.city
           end as title) as named
cross join lateral (
    select string_agg(word.sentence[1 + pg_temp.pick(e.id * 100 + line, 40, cardinality(word.sentence))], case when line % 4 = 0 then E'\n\n' else ' ' end order by line) as description
    from   generate_series(1, 6 + pg_temp.pick(e.id, 41, 14)) as line) as told;

-- Seats of a category have consecutive numbers, from first_seat on; before counts the event's places in the categories ahead of it.
create temp table category as
select row_number() over (order by e.id, tier.place) as id,
       e.id as event_id,
       tier.place,
       tier.name,
       tier.seats,
       tier.seating_type,
       (e.price * tier.factor)::bigint as price,
       coalesce(sum(tier.seats) over (order by e.id, tier.place rows between unbounded preceding and 1 preceding), 0) + 1 as first_seat,
       coalesce(sum(tier.seats) over (partition by e.id order by tier.place rows between unbounded preceding and 1 preceding), 0)::integer as before
from   programme as e
join   tier on tier.house = e.house;

create index on category (event_id);
analyze category;

insert into seat_category (id, event_id, name, price, total_seats, seating_type, display_order, color_code, created_at)
overriding system value
select category.id, category.event_id, category.name, category.price, category.seats, category.seating_type, category.place,
       (array['#7C3AED', '#D97706', '#64748B', '#0F766E', '#BE185D'])[category.place], event.created_at
from   category
join   event on event.id = category.event_id
order by category.id;
