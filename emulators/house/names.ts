import type { Random } from '#lib/random.ts';

interface Names {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const list = (text: string): readonly string[] => text.split(' ');

const cultures: Readonly<Record<string, Names>> = {
  french: {
    first: list('Camille Léa Hugo Inès Louis Manon Jules Chloé Arthur Zoé Lucas Alice Nathan Élise Paul Margaux'),
    last: list('Martin Bernard Dubois Laurent Moreau Girard Fontaine Chevalier Lambert Roussel Perrin Garnier Lemaire'),
  },
  italian: {
    first: list('Giulia Marco Sofia Luca Chiara Matteo Elena Andrea Martina Davide Francesca Paolo Alessia Stefano'),
    last: list('Rossi Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Conti Galli Fontana Moretti Barbieri'),
  },
  english: {
    first: list('Olivia James Emma Oliver Ava Henry Grace Thomas Ella George Ruby Samuel Hannah Daniel Alice Edward'),
    last: list('Smith Taylor Brown Walker Wright Thompson White Hughes Edwards Green Hall Wood Harris Clarke Turner'),
  },
  german: {
    first: list('Anna Lukas Lena Felix Marie Jonas Sophie Maximilian Clara Moritz Johanna Paul Katharina Tim'),
    last: list('Müller Schmidt Fischer Weber Wagner Becker Hoffmann Koch Richter Wolf Neumann Zimmermann Krüger Vogel'),
  },
  spanish: {
    first: list('Lucía Alejandro María Daniel Carmen Pablo Laura Javier Elena Sergio Paula Diego Isabel Andrés'),
    last: list('García Fernández López Sánchez Pérez Gómez Ruiz Díaz Moreno Álvarez Romero Navarro Torres Vázquez'),
  },
  portuguese: {
    first: list('Ana João Beatriz Pedro Mariana Tiago Inês Rafael Catarina Bruno Leonor Miguel'),
    last: list('Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Almeida Carvalho Ribeiro'),
  },
  nordic: {
    first: list('Ingrid Erik Astrid Lars Freja Magnus Sofie Nils Maja Oskar Karin Anders'),
    last: list('Johansson Hansen Andersen Nilsson Larsen Eriksson Berg Lindqvist Dahl Nygaard Holm Sørensen'),
  },
  slavic: {
    first: list('Zofia Jakub Anna Piotr Katarzyna Tomáš Tereza Jan Lucie Marek Magdalena Ondřej'),
    last: list('Nowak Kowalski Novák Svoboda Wiśniewski Dvořák Zieliński Procházka Kamiński Kučera Mazur Veselý'),
  },
  greek: {
    first: list('Maria Giorgos Eleni Dimitris Katerina Nikos Sofia Kostas Ioanna Petros'),
    last: list('Papadopoulos Georgiou Dimitriou Nikolaidis Ioannou Makris Vasileiou Karagiannis'),
  },
  turkish: {
    first: list('Zeynep Mehmet Elif Emre Ayşe Can Defne Burak Selin Kerem'),
    last: list('Yılmaz Kaya Demir Çelik Şahin Aydın Öztürk Arslan Doğan Koç'),
  },
  arabic: {
    first: list('Layla Omar Noor Khalid Mariam Yousef Huda Faisal Reem Tariq Salma Hamad'),
    last: list('Haddad Mansour Saleh Khoury Nasser Hamdan Farouk Aziz Rahman Qassim Darwish Sabbagh'),
  },
  japanese: {
    first: list('Haruka Takumi Yui Ren Sakura Sota Mio Yuto Aoi Daiki Hina Kaito'),
    last: list('Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada'),
  },
  chinese: {
    first: list('Wei Fang Jing Lei Min Hui Jun Xin Ling Tao Yan Hao Mei Peng'),
    last: list('Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Lin Gao'),
  },
  korean: {
    first: list('Minjun Seoyeon Jiho Jiwoo Hyunwoo Sujin Donghyun Yuna Junseo Haeun'),
    last: list('Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim'),
  },
};

export interface PersonName {
  readonly first: string;
  readonly last: string;
}

export function nameFrom(random: Random, culture: string): PersonName {
  const names = cultures[culture] ?? cultures['english']!;
  return { first: random.pick(names.first), last: random.pick(names.last) };
}

/** `Élise Çelik` → `elise.celik`: what stands before the @. */
export function mailboxOf(name: PersonName): string {
  return `${name.first}.${name.last}`
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
}
