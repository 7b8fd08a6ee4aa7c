"""Names of several peoples, commonest first: `English spellings|…/French spellings|…/Arabic script`.

An underscore stands for a space.

Written from names in common use, without reading `compass.people.matching`. Whoever has none of the spellings of a school
is spelled by its habits (`spelling.py`).
"""

from __future__ import annotations

ARABIC_MEN = """
Mohamed|Mohammed|Muhammad|Mohammad/Mohamed|Mohammed|Mouhamed/محمد Ahmed|Ahmad/Ahmed|Ahmad/أحمد Ali|Aly/Ali/علي
Ibrahim|Ebrahim/Ibrahim|Brahim/إبراهيم Hassan|Hasan/Hassan|Hacène/حسن Hussein|Husayn|Hussain/Hussein|Hocine/حسين
Abdullah|Abdallah|Abdulla/Abdallah|Abdellah/عبدالله Mahmoud|Mahmud/Mahmoud/محمود
Yousef|Yusuf|Youssef/Youssef|Youcef/يوسف Omar|Umar/Omar/عمر Khaled|Khalid/Khaled|Khalid/خالد
Mustafa|Mostafa/Mustapha|Moustapha/مصطفى Hamza/Hamza/حمزة
Abdul_Rahman|Abdulrahman|Abdelrahman/Abderrahmane|Abdou_Rahmane/عبدالرحمن Said|Saeed|Sayeed/Saïd/سعيد
Salem|Salim/Salem/سالم Ismail|Ismael/Ismaïl|Smaïl/إسماعيل Hamid|Hameed/Hamid/حميد Saleh|Salih/Saleh|Salah/صالح
Tariq|Tarek|Tareq/Tarek/طارق Adam|Adem/Adem/آدم Bilal|Belal/Bilal/بلال Karim|Kareem/Karim/كريم
Jamal|Gamal/Djamel|Jamel/جمال Idris|Idrees/Idriss|Driss/إدريس Osman|Othman|Uthman/Othmane|Ousmane/عثمان
Walid|Waleed/Walid|Oualid/وليد Yahya|Yehia/Yahia/يحيى Nasser|Nasir/Nacer/ناصر Fathi|Fathy/Fethi/فتحي
Rashid|Rasheed/Rachid/رشيد Sami|Samy/Sami/سامي Zakaria|Zakariya/Zakaria/زكريا Issa|Eissa/Aïssa/عيسى
Musa|Mousa|Moussa/Moussa/موسى Suleiman|Sulaiman|Soliman/Slimane|Souleymane/سليمان Nabil|Nabeel/Nabil/نبيل
Taha/Taha/طه Hisham|Hesham/Hicham/هشام Anwar/Anouar/أنور Bashir|Basheer/Béchir|Bachir/بشير
Abdul_Karim|Abdulkarim/Abdelkrim/عبدالكريم Abdul_Aziz|Abdulaziz/Abdelaziz/عبدالعزيز Murad|Mourad/Mourad/مراد
Jaber|Jabir/Djaber/جابر Mansour|Mansur/Mansour/منصور Ramadan|Ramazan/Ramdane/رمضان
Mubarak|Mobarak/Mbarek|Moubarak/مبارك Qasim|Kassem|Qassem/Kacem|Belkacem/قاسم Luqman/Lokmane/لقمان
"""
ARABIC_WOMEN = """
Fatima|Fatimah|Fatma/Fatima|Fatma/فاطمة Maryam|Mariam|Miriam/Meriem|Mariem/مريم Aisha|Aysha|Ayesha/Aïcha|Aicha/عائشة
Zainab|Zaynab|Zeinab/Zineb|Zeïneb/زينب Khadija|Khadijah|Khadeeja/Khadidja|Khadija/خديجة Amina|Ameena/Amina/أمينة
Nour|Noor|Nur/Nour/نور Sara|Sarah/Sara/سارة Huda|Hoda/Houda/هدى Layla|Leila|Laila/Leïla/ليلى Salma|Selma/Salma/سلمى
Asma|Asmaa/Asma/أسماء Hanan/Hanane/حنان Samira|Sameera/Samira/سميرة Halima|Haleema/Halima/حليمة Rahma/Rahma/رحمة
Iman|Eman/Imane/إيمان Amal/Amel/أمل Ikram/Ikrame/إكرام Hajar|Hagar/Hadjer/هاجر Safia|Safiya/Safia/صفية
Soad|Suad/Souad/سعاد Rania|Raniya/Rania/رانيا Najwa|Nagwa/Nedjoua/نجوى Yasmin|Yasmeen/Yasmine/ياسمين
Wafa|Wafaa/Wafa|Ouafa/وفاء Naima/Naïma/نعيمة Kawthar|Kauthar/Kaoutar/كوثر Rashida|Rasheeda/Rachida/رشيدة
Jamila|Jameela|Gamila/Djamila/جميلة Latifa|Lateefa/Latifa/لطيفة Habiba|Habeeba/Habiba/حبيبة
Umm_Kulthum|Om_Kalsoum/Oum_Keltoum/أم_كلثوم Malika/Malika/مليكة Thuraya|Soraya/Souraya/ثريا
"""
ARABIC_FAMILIES = """
al-Masri|El_Masry/El_Masri/المصري al-Ali|Alali/El_Ali/العلي al-Hassan|Alhasan/El_Hassan/الحسن Haddad/Haddad/حداد
Khalil|Khaleel/Khelil/خليل Mansouri|Mansoori/Mansouri/منصوري al-Ahmad|Alahmad/El_Ahmed/الأحمد Hamdan/Hamdane/حمدان
Darwish|Darweesh/Derouiche/درويش Najjar|Naggar/Nedjar/نجار al-Khatib|El_Khateeb/El_Khatib/الخطيب
Sharif|Shareef/Chérif/شريف al-Sayed|El_Sayed|Elsayed/Essayed/السيد Tahir|Taher/Taher/طاهر
Benali|Ben_Ali/Ben_Ali|Benali/بن_علي Bouazizi|Buazizi/Bouazizi/بوعزيزي al-Shami|Alshami/Chami/الشامي
Qadri|Kadri/Kadri/قادري Ghanem|Ghanim/Ghanem/غانم al-Tayeb|Eltayeb/Tayeb/الطيب Zidan|Zeidan/Zidane/زيدان
Cherif|Sharif/Chérif/شريف Alaoui|Alawi/Alaoui/علوي al-Jabouri|Jubouri/Djebouri/الجبوري al-Omari|Omari/Amari/العمري
Bakr|Bakri/Bekri/بكري al-Dulaimi|Dulaymi/Doulaïmi/الدليمي Shaheen|Shahin/Chahine/شاهين Awad|Awadh/Aouad/عوض
Fares|Faris/Farès/فارس Jaziri|Gaziri/Djaziri/جزيري Rahmani|Rahmany/Rahmani/رحماني Saadi|Sa'di/Saadi/سعدي
"""
SAHEL_MEN = """
Mamadou|Mamadu/Mamadou/ Moussa|Musa/Moussa/ Ibrahima|Ibrahim/Ibrahima|Ibrahim/ Amadou|Amadu|Ahmadou/Amadou|Ahmadou/
Abdoulaye|Abdulai|Abdulaye/Abdoulaye/ Ousmane|Usman|Ousman/Ousmane/ Boubacar|Bubacar|Abubakar/Boubacar|Aboubacar/
Souleymane|Suleiman|Sulayman/Souleymane|Soulaimane/ Oumar|Umar|Omar/Oumar|Omar/ Alpha/Alpha/
Seydou|Saidu|Seidu/Seydou|Saïdou/ Issa|Isa/Issa/ Adama/Adama/ Drissa|Idrissa/Drissa|Idrissa/ Bakary|Bakari/Bakary/
Lamine|Lamin/Lamine|Lamin/ Modou|Modu/Modou/ Cheikh|Sheikh/Cheikh|Cheick|Sheick/ Demba/Demba/
Youssouf|Yusuf|Yousouf/Youssouf|Youssoufou/ Aliou|Aliu/Aliou|Alioune/ Mohamed|Muhamed/Mohamed|Mouhamed/
Sékou|Sekou/Sékou/ Salif|Saliff/Salif/ Hamidou|Hamidu/Hamidou/ Daouda|Dauda/Daouda/ Yaya|Yahya/Yaya|Yahaya/
Karamoko/Karamoko/ Thierno|Cherno/Thierno|Tierno/ Mory|Mori/Mory/ Siaka|Shiaka/Siaka/ Fodé|Fode/Fodé/ Jean/Jean/
Emmanuel/Emmanuel/ Koffi|Kofi/Koffi/ Kouassi|Kwasi/Kouassi/ Mahamat|Mahamad/Mahamat/ Lassana|Lansana/Lassana|Lansana/
"""
SAHEL_WOMEN = """
Fatoumata|Fatumata/Fatoumata|Fatou/ Aminata/Aminata|Amina/ Mariam|Mariama/Mariam|Mariama/
Aïssatou|Aisatu|Isatou/Aïssatou|Aïssata/ Kadiatou|Kadiatu/Kadiatou|Kadidiatou/ Awa|Hawa/Awa|Hawa/ Oumou|Umu/Oumou/
Djeneba|Jeneba/Djénéba|Djeneba/ Rokia|Ruqayya/Rokia|Rokiatou/ Assitan/Assitan|Assétou/ Salimata/Salimata|Salimatou/
Ramatou|Ramatu/Ramatou|Ramatoulaye/ Maïmouna|Maimuna/Maïmouna/ Hadja|Haja/Hadja/ Bintou|Bintu|Binta/Bintou|Binta/
Ndeye|Ndey/Ndèye/ Kani/Kani/ Nana/Nana/ Safiatou|Safiatu/Safiatou/ Coumba|Kumba/Coumba/ Sira/Sira/ Tenin/Ténin/
Adjoua|Ajua/Adjoua/ Marie/Marie/ Khady|Kady/Khady|Cady/ Halimatou|Halimatu/Halimatou/ Sogona/Sogona/
"""
SAHEL_FAMILIES = """
Diallo|Jallow|Jalloh/Diallo/ Traoré|Traore|Trawally/Traoré/ Coulibaly|Kulibali/Coulibaly/ Keïta|Keita/Keïta/
Bah|Ba/Bah|Ba/ Barry|Bari/Barry/ Camara|Kamara/Camara/ Touré|Toure|Turay/Touré/ Cissé|Cisse|Ceesay|Sisay/Cissé/
Sow|Soh/Sow/ Diarra|Jarra/Diarra/ Konaté|Konateh/Konaté/ Koné|Kone/Koné/ Sylla|Silla/Sylla/
Ouédraogo|Wedraogo/Ouédraogo/ Sangaré|Sangare/Sangaré/ Fofana/Fofana/ Diop|Jobe/Diop/ Ndiaye|Njie/Ndiaye|N'Diaye/
Dembélé|Dembele/Dembélé/ Sidibé|Sidibe/Sidibé/ Kanté|Kante|Kanteh/Kanté/ Condé|Conde|Konde/Condé/
Doumbia|Dumbuya/Doumbia|Doumbouya/ Sacko|Sakho/Sacko|Sakho/ Fall|Faal/Fall/ Maïga|Maiga/Maïga/ Ly|Lee/Ly/
Kouyaté|Kuyateh/Kouyaté/ Soumah|Suma/Soumah/ Bangoura|Bangura/Bangoura/ Dicko|Diko/Dicko/ Sanogo/Sanogo/
Kaboré|Kabore/Kaboré/ Zongo/Zongo/ Kouamé|Kwame/Kouamé/
"""
HAUSA_MEN = """
Muhammadu|Muhammad|Mohammed/Mahamadou|Mohamadou/ Ibrahim|Ibrahima/Ibrahim|Ibrahima/ Musa/Moussa/
Umar|Umaru/Oumarou|Omar/ Sani/Sani/ Abdullahi|Abdulahi/Abdoulahi|Abdoulaye/ Usman|Usmanu/Ousmane|Ousmanou/
Isah|Isa/Issa/ Aminu/Aminou/ Yusuf|Yusufu/Youssoufou|Issoufou/ Garba/Garba/ Abubakar|Abubakr/Aboubacar|Boubacar/
Sulaiman|Suleiman/Souleymane/ Haruna|Harun/Harouna/ Bello/Bello/ Ali|Aliyu/Ali|Aliou/ Idris|Idi/Idrissa|Idi/
Adamu|Adam/Adamou|Adam/ Lawal|Lawali/Lawali|Laouali/ Danladi/Dan_Ladi|Danladi/ Shehu|Sheu/Chéhou/
Shuaibu|Shuaib/Chaïbou/ Ismaila|Isma'il/Ismaïla|Ismaël/ Salisu/Salissou/ Tijjani|Tijani/Tidjani/ Mamman|Maman/Maman/
Yahaya|Yahya/Yahaya|Yayé/ Nasiru|Nasir/Nassirou/ Kabiru|Kabir/Kabirou/ Dauda/Daouda/ Sa'idu|Saidu/Saïdou/
Hamza/Hamza/ Jibrin|Jibril/Djibril|Djibo/ Bashir|Bashiru/Bachir|Bachirou/ Rabiu|Rabi'u/Rabiou/ Audu|Abdu/Abdou/
Ado/Ado/ Tanko/Tanko/ Zubairu|Zubair/Zoubeirou/ Magaji/Magagi/ Lawan|Lawwan/Laouan/ Sadiq|Sadiku/Sadikou/
Ilyasu|Ilyas/Ilyassou/
"""
HAUSA_WOMEN = """
Fatima|Fatimah/Fatouma|Fatima/ A'isha|Aisha|Aishatu/Aïcha|Aïchatou/ Zainab|Zainabu/Zeinabou|Zeynab/
Hauwa|Hawa'u|Hawa/Haoua|Haoua'ou/ Hadiza|Khadija/Hadiza|Hadizatou/ Maryam|Mariya/Mariama|Maria/
Rabi|Rabi'a/Rabi|Rabia/ Hajara|Hajaru/Hadjara|Hadjaratou/ Amina|Aminatu/Amina|Aminatou/
Safiya|Safiyanu/Safia|Safiatou/ Rakiya|Ruqayya|Rakia/Rakia|Rakiatou/ Halima|Halimatu/Halima|Halimatou/
Binta|Bintu/Binta|Bintou/ Talatu/Talatou/ Ladi/Ladi/ Jummai|Juma'i/Djoumaï/ Asabe/Assabé/ Balkisu|Bilkisu/Balkissa/
Ramatu|Ramat/Ramatou/ Sa'adatu|Saadatu/Saadatou/ Nana/Nana/ Mairo|Meiro/Maïro/ Salamatu|Salamat/Salamatou/ Lami/Lami/
Delu|Dela/Délou/ Kulu|Kullu/Koulou/ Indo/Indo/ Laraba/Laraba/ Samira/Samira/
"""
HAUSA_CALLED = """
Katsina/Katsina/ Kano/Kano/ Daura/Daoura/ Zaria/Zaria/ Gobir/Gobir/ Maradi/Maradi/ Mai_Shayi|Maishayi/Maï_Chaï/
Mai_Nama|Mainama/Maï_Nama/ Dan_Wanzam/Dan_Wanzam/ Magini/Maguini/ Majemi/Madjémi/ Mai_Goro|Maigoro/Maïgoro/
Direba/Diréba/ Tela/Téla/ Makeri/Makéri/ Malam|Mallam/Malam/
"""
ETHIOPIAN_MEN = """
Tesfaye|Tesfay|Tasfaye// Abebe|Abbebe// Kebede|Kabede// Haile|Hayle|Haylie// Mohammed|Mohamed|Muhammed//
Girma|Ghirma// Bekele|Beqele// Tadesse|Tadese|Taddesse// Solomon|Selomon// Dawit|Daweet|David// Getachew|Getachaw//
Mulugeta|Mulugheta// Alemu|Alemou// Yohannes|Yohanes|Johannes// Ahmed|Ahmad// Tsegaye|Tsegay|Segaye//
Worku|Workou|Werku// Birhanu|Berhanu|Brhanu// Gebre_Mariam|Gebremariam|G/Mariam// Mekonnen|Mekonen|Makonnen//
Teshome|Teshoma// Assefa|Asefa// Yonas|Jonas// Daniel// Negash|Nagash// Fikru|Fikre|Feqru// Hailu|Haylu//
Tekle|Teklay|Takle// Wolde|Welde// Gebre_Meskel|Gebremeskel|G/Meskel// Shiferaw|Shiferau// Demissie|Demise|Demisse//
Ayele|Ayelle// Eyasu|Iyasu|Eyassu// Mesfin|Misfin// Haile_Mariam|Hailemariam|H/Mariam//
Wolde_Giorgis|Woldegiorgis|W/Giorgis// Zerihun|Zerihoun// Henok|Enoch|Hienok// Biruk|Bruk|Birook// Samuel//
Temesgen|Temesghen// Kiros|Kyros// Abdi// Jemal|Jamal// Hussen|Hussein|Husen// Gashaw// Habtamu|Habtamou//
Kassahun|Kasahun// Lemma|Lema//
"""
ETHIOPIAN_WOMEN = """
Tigist|Tigest// Meseret|Messeret// Almaz|Almaze// Hirut|Heruth|Hiruth// Aster|Ester// Genet|Gennet//
Selamawit|Selamawite|Salamawit// Hiwot|Hiwet|Heywot// Birtukan|Bertukan|Burtukan// Tsehay|Tsehaye|Sehay//
Zewditu|Zewdite|Zauditu// Rahel|Rachel|Raheal// Bethlehem|Betelhem|Betlehem// Mekdes|Meqdes|Makdes// Senait|Senayt//
Fatuma|Fatima// Kidist|Kidest// Mulu|Mulou// Tirunesh|Trunesh// Yeshi|Yeshie// Eden|Edin// Lemlem// Abeba|Abebech//
Workinesh|Worknesh// Hana|Hanna|Hannah// Marta|Martha// Tsion|Zion|Sion// Feven|Fiven// Medina|Madina//
Sofia|Sofiya// Zeritu|Zerietu// Alem|Aleme// Netsanet|Netsannet//
"""
DARI_MEN = """
Mohammad|Mohammed|Muhammad|M.//محمد Ahmad|Ahmed//احمد Abdullah|Abdollah|Abdulla//عبدالله Ali//علی
Hussain|Hossein|Husain//حسین Hassan|Hasan//حسن Abdul_Rahman|Abdurrahman|Abdul_Rahmaan//عبدالرحمن
Ghulam_Hazrat|Gholam_Hazrat//غلام_حضرت Najibullah|Najeebullah|Najibollah//نجیب_الله
Rahmatullah|Rahmatollah//رحمت_الله Esmatullah|Ismatullah|Asmatullah//عصمت_الله Mohammad_Nabi|Muhammad_Nabi//محمد_نبی
Abdul_Ghafar|Abdul_Ghaffar//عبدالغفار Hamidullah|Hameedullah|Hamidollah//حمید_الله Karim|Kareem//کریم
Ahmad_Zia|Ahmadzia//احمد_ضیا Sayed_Hussain|Said_Hussain|Sayyid_Hossein//سید_حسین
Noor_Mohammad|Nur_Muhammad|Noor_Mohd//نور_محمد Gul_Agha|Gol_Agha//گل_آغا Sher_Mohammad|Shir_Mohammad//شیر_محمد
Mirwais|Merwais|Mirways//میرویس Farhad//فرهاد Jawad|Javad|Jawid//جواد Reza|Riza//رضا
Zabihullah|Zabiullah|Zabihollah//ذبیح_الله Khalilullah|Khalil_Ullah//خلیل_الله
Amanullah|Amanollah|Aman_Ullah//امان_الله Sami_ullah|Samiullah|Samiollah//سمیع_الله Mahdi|Mehdi//مهدی
Abdul_Qadir|Abdul_Qader|Abdulqadir//عبدالقادر Ghulam_Ali|Gholam_Ali//غلام_علی Ismail|Esmail//اسماعیل
Naseer|Nasir//نصیر Hekmatullah|Hikmatullah//حکمت_الله Omid|Omeed//امید Yaqub|Yaqoob|Yacoub//یعقوب
Barat|Barat_Ali//برات Habibullah|Habibollah//حبیب_الله Shafiq|Shafeeq//شفیق Mohammad_Amin|Muhammad_Ameen//محمد_امین
Rostam|Rustam//رستم Mir_Ahmad//میر_احمد Wali|Vali//ولی Fazel|Fazil//فاضل Dawood|Daud|Dawud//داوود
Qurban_Ali|Ghorban_Ali|Qorban_Ali//قربان_علی Baz_Mohammad//باز_محمد Jan_Agha//جان_آغا
"""
DARI_WOMEN = """
Fatima|Fatema|Fatemeh//فاطمه Zahra|Zehra//زهرا Maryam|Mariam//مریم Zainab|Zeinab//زینب
Masuma|Masooma|Massoumeh//معصومه Sakina|Sakineh|Sakeena//سکینه Amina|Ameneh//آمنه Khadija|Khadijeh//خدیجه
Shukria|Shokria//شکریه Nargis|Narges//نرگس Bibi_Gul|Bibigul//بی_بی_گل Parwin|Parveen|Parvin//پروین
Zarghuna|Zarghoona//زرغونه Laila|Leila//لیلا Nazanin|Nazaneen//نازنین Frozan|Foruzan|Furozan//فروزان
Gulalai|Golalai//گلالی Shabnam//شبنم Marzia|Marzieh//مرضیه Halima|Halimeh//حلیمه Hamida|Hameeda//حمیده
Sediqa|Sadiqa|Seddiqeh//صدیقه Nasima|Naseema//نسیمه Roya|Ruya//رویا Bibi_Hawa|Bibihawa//بی_بی_حوا
Rahima|Raheema//رحیمه Soraya|Suraya//ثریا Mursal|Morsal//مرسل Kubra|Kobra//کبرا Najiba|Najeeba//نجیبه
"""
DARI_FAMILIES = """
Ahmadi|Ahmady//احمدی Rahimi|Raheemi//رحیمی Hussaini|Hosseini|Husseini//حسینی Noori|Nouri|Nuri//نوری
Mohammadi|Mohamadi|Muhammadi//محمدی Karimi|Kareemi//کریمی Haidari|Heydari|Haidary//حیدری Rezai|Rezaie|Rezaei//رضایی
Sadat|Sadaat//سادات Azizi|Azeezi//عزیزی Amiri|Ameeri//امیری Sultani|Soltani//سلطانی Ahmadzai|Ahmadzay//احمدزی
Stanikzai|Stanekzai|Stanikzay//ستانکزی Popal|Popalzai//پوپل Yousufzai|Yusufzai//یوسفزی Jafari|Jafary|Ja'fari//جعفری
Alizada|Alizadeh|Ali_Zada//علیزاده Safi|Saafi//صافی Barakzai|Barekzai//بارکزی Qaderi|Qadiri|Ghaderi//قادری
"""
#: Places a country really has are made of such stems; a name beside them makes villages enough for a large set.
PLACES = {
    "arabic": "Deir Kafr Beni Tell Bir Aïn Wadi Qasr Ouled Sidi Hay Bab",
    "french": "Saré Keur Sinthian Madina Médina Kouroussa Koro Dougou Tenkodogo Banfora Kolda Labé",
    "hausa": "Tudun Gidan Unguwar Rijiyar Birnin Dogon Sabon Kofar Garin Gada Dan Tsohon",
    "amharic": "Debre Addis Mekane Wolde Bahir Arba Amba Dire Kebele Mehal Wereda Kuyu",
    "dari": "Qala-e Deh-e Dasht-e Chahar Pul-e Karte Shahr-e Bagh-e Sang-e Tangi Khwaja Jaghori",
}
TOWNS = {
    "arabic": "Aleppo|Halab|Alep Homs|Hims Khartoum|Khartum Omdurman|Oum_Dourman Nyala Fes|Fez "
    "Oujda|Wajda Sfax|Safaqis Basra|Bassora Taiz|Taizz",
    "french": "Conakry|Konakry Bamako Kayes|Kaye Tambacounda|Tamba Ségou|Segu Mopti "
    "Labé|Labe Abidjan Daloa Bobo-Dioulasso|Bobo",
    "hausa": "Kano Katsina Maradi Zinder|Zinda Sokoto|Sakkwato Daura|Daoura "
    "Tessaoua|Tasawa Birnin_Konni|Konni Dutse Agadez",
    "amharic": "Addis_Ababa|Addis_Abeba|A.A. Dire_Dawa|Diredawa Mekelle|Mekele|Makale Gondar|Gonder Bahir_Dar|Bahirdar "
    "Adama|Nazret Dessie|Dese Jimma|Jima",
    "dari": "Kabul|Kaboul Herat|Hirat Ghazni|Ghazny Mazar-e_Sharif|Mazar Kunduz|Qunduz|Kondoz "
    "Bamyan|Bamian Jalalabad Kandahar|Qandahar",
}
