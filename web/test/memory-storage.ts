/** Owns a stand-in for `localStorage` that outlives the objects built on it, as the real one outlives a page. */
export class MemoryStorage {
  private readonly values = new Map<string, string>();
  /** Set to refuse every write, as a full or forbidden storage does. */
  full = false;

  get length(): number {
    return this.values.size;
  }

  key(index: number): string | null {
    return [...this.values.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.full) throw new Error("quota exceeded");
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }
}
