import { DeletionSection } from "./deletion-section.tsx";
import { ExportsSection } from "./exports-section.tsx";

/** Taking everything along, and making it go away. */
export function PrivacySection() {
  return (
    <>
      <ExportsSection />
      <DeletionSection />
    </>
  );
}
