/** How a definition is called, by us and by others. */
export interface Named {
  /** In snake_case (a data set's with dashes), as users write it. */
  readonly name: string;
  /** Other names that it goes by, in lower case with underscores. */
  readonly aliases?: readonly string[];
  /** Names much like it that mean something else, which isn't here. */
  readonly otherThings?: readonly string[];
}
